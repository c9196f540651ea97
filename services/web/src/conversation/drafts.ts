// What stands in the field of each conversation and has not been asked. It outlives the page that it was written on. In memory;
// once a session has ended also in the storage of the tab, because the way to sign in may lead away from these pages.
const KEY = 'osler.drafts';

interface Held {
  /** Whose they are: nobody else gets them back. */
  owner: string;
  texts: [room: string, text: string][];
}

export class Drafts {
  readonly #texts = new Map<string, string>();
  readonly #listeners = new Set<() => void>();
  #heldFor: string | null = null;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly of = (room: string): string => this.#texts.get(room) ?? '';

  write(room: string, text: string): void {
    if (text === '') this.#texts.delete(room);
    else this.#texts.set(room, text);
    this.#changed();
  }

  /** Gives a question back, before what has been written since. */
  giveBack(room: string, question: string): void {
    this.write(room, [question, this.of(room)].filter((text) => text !== '').join('\n\n'));
  }

  /** The room has got its name. */
  move(from: string, to: string): void {
    const text = this.of(from);
    if (text === '') return;
    this.#texts.delete(from);
    this.write(to, text);
  }

  /** Keeps them for somebody who has to sign in again, and what is written from now on too. */
  hold(owner: string): void {
    this.#heldFor = owner;
    this.#store();
  }

  /** Somebody has signed in: what was held for them comes back, and what was held for another is gone. */
  release(owner: string): void {
    const held = stored();
    this.#heldFor = null;
    unstore();
    if (held?.owner !== owner) return;
    for (const [room, text] of held.texts) if (!this.#texts.has(room)) this.#texts.set(room, text);
    this.#changed();
  }

  /** Forgets what is in memory; what is held stays held. */
  clear(): void {
    this.#heldFor = null;
    this.#texts.clear();
    this.#changed();
  }

  /** Forgets what is held, too. */
  drop(): void {
    this.clear();
    unstore();
  }

  #changed(): void {
    if (this.#heldFor !== null) this.#store();
    for (const listener of this.#listeners) listener();
  }

  #store(): void {
    if (this.#heldFor === null) return;
    const held: Held = { owner: this.#heldFor, texts: [...this.#texts] };
    try {
      sessionStorage.setItem(KEY, JSON.stringify(held));
    } catch {
      // Storage may be forbidden or full; they are then kept in memory alone.
    }
  }
}

function stored(): Held | null {
  try {
    const held: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    return isHeld(held) ? held : null;
  } catch {
    return null;
  }
}

function unstore(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored then.
  }
}

function isHeld(value: unknown): value is Held {
  if (typeof value !== 'object' || value === null || !('owner' in value) || !('texts' in value)) return false;
  const isText = (one: unknown) =>
    Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === 'string');
  return typeof value.owner === 'string' && Array.isArray(value.texts) && value.texts.every(isText);
}
