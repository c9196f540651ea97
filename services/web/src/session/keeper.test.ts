// What one person has written comes back to them, and is never there for the next.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Drafts } from '../conversation/drafts';
import { anonymous, nobody, signedIn } from '../testing/session';
import { Keeper } from './keeper';

function setUp() {
  const drafts = new Drafts();
  const forget = vi.fn(() => drafts.clear());
  const reread = vi.fn();
  const keeper = new Keeper({
    hold: (owner) => drafts.hold(owner),
    release: (owner) => drafts.release(owner),
    forget,
    drop: () => drafts.drop(),
    reread,
  });
  return { drafts, forget, reread, keeper };
}

beforeEach(() => sessionStorage.clear());

describe('Keeper', () => {
  it('keeps a draft for the same person, also over a reload, and stores nothing before the session ends', () => {
    const before = setUp();
    before.keeper.see(signedIn('ada'));
    before.drafts.write('new', 'half a ques');
    expect(sessionStorage).toHaveLength(0);
    before.keeper.see(nobody);
    expect(before.keeper.current().hasEnded).toBe(true);
    before.drafts.giveBack('new', 'refused a moment later');
    // Another page, as after the way through the identity provider.
    const after = setUp();
    after.keeper.see(nobody);
    expect(after.keeper.current().hasEnded).toBe(false);
    after.keeper.see(signedIn('ada'));
    expect(after.drafts.of('new')).toBe('refused a moment later\n\nhalf a ques');
    expect(sessionStorage).toHaveLength(0);
  });

  it('gives another person nothing', () => {
    const { drafts, forget, keeper } = setUp();
    keeper.see(signedIn('ada'));
    drafts.write('new', 'hers');
    keeper.end();
    keeper.see(nobody);
    keeper.see(signedIn('ben'));
    expect(forget).toHaveBeenCalledOnce();
    expect(keeper.current()).toEqual({ visit: 1, hasEnded: false });
    expect(drafts.of('new')).toBe('');
    expect(sessionStorage).toHaveLength(0);
  });

  it('holds it for her while whoever reaches the machine may ask', () => {
    const { drafts, keeper } = setUp();
    keeper.see(signedIn('ada'));
    drafts.write('new', 'hers');
    keeper.end();
    keeper.see(anonymous);
    expect(drafts.of('new')).toBe('');
    keeper.see(signedIn('ada'));
    expect(drafts.of('new')).toBe('hers');
  });

  it('keeps what was written before signing in, and reads the rest again', () => {
    const { drafts, forget, reread, keeper } = setUp();
    keeper.see(anonymous);
    drafts.write('new', 'mine');
    keeper.see(signedIn('ada'));
    expect(drafts.of('new')).toBe('mine');
    expect(reread).toHaveBeenCalledOnce();
    expect(forget).not.toHaveBeenCalled();
  });

  it('forgets everything when the reader leaves', () => {
    const { drafts, keeper } = setUp();
    keeper.see(signedIn('ada'));
    drafts.write('new', 'hers');
    keeper.leave();
    keeper.see(nobody);
    expect(keeper.current()).toEqual({ visit: 1, hasEnded: false });
    expect(drafts.of('new')).toBe('');
    expect(sessionStorage).toHaveLength(0);
  });

  it('is not led astray by what else may be stored', () => {
    for (const stored of ['', '{', '[]', '{"owner":"id-ada","texts":[["new",7]]}', 'null']) {
      sessionStorage.setItem('osler.drafts', stored);
      const { drafts, keeper } = setUp();
      keeper.see(signedIn('ada'));
      expect(drafts.of('new')).toBe('');
    }
  });
});
