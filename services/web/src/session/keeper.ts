// For whom these pages keep things. What one person has read and written is never there for the next.
import type { Session } from './types';

export interface Kept {
  /** Another one for everybody who comes after somebody else: what components hold goes with it. */
  visit: number;
  /** The session ended by itself; the reader has not signed out. */
  hasEnded: boolean;
}

interface KeeperParts {
  /** Keeps what has been written for somebody who has to sign in again. */
  hold: (owner: string) => void;
  /** Gives it back to them, and to nobody else. */
  release: (owner: string) => void;
  /** Lets go of what was read and written here, but for what is held. */
  forget: () => void;
  /** Lets go of that, too. */
  drop: () => void;
  /** Reads again: somebody has signed in where nobody had to. */
  reread: () => void;
}

export class Keeper {
  readonly #parts: KeeperParts;
  readonly #listeners = new Set<() => void>();
  /** The id of their account; null for whoever reaches this machine, undefined as long as nobody was here. */
  #owner: string | null | undefined = undefined;
  #kept: Kept = { visit: 0, hasEnded: false };

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly current = (): Kept => this.#kept;

  /** To be told of everything the server says of who is here; null from a server that knows no sessions. */
  see(session: Session | null): void {
    if (session === null) return;
    if (session.how === 'none') {
      this.end();
      return;
    }
    const before = this.#owner;
    const owner = session.account?.id ?? null;
    this.#owner = owner;
    const isAnother = typeof before === 'string' && before !== owner;
    if (isAnother) this.#parts.forget();
    if (owner !== null) this.#parts.release(owner);
    if (before === null && owner !== null) this.#parts.reread();
    this.#set({ visit: this.#kept.visit + (isAnother ? 1 : 0), hasEnded: false });
  }

  /** Nobody is signed in any more, and the reader has not done that. */
  end(): void {
    if (typeof this.#owner !== 'string' || this.#kept.hasEnded) return;
    this.#parts.hold(this.#owner);
    this.#set({ ...this.#kept, hasEnded: true });
  }

  /** The reader has signed out. */
  leave(): void {
    this.#owner = undefined;
    this.#parts.forget();
    this.#parts.drop();
    this.#set({ visit: this.#kept.visit + 1, hasEnded: false });
  }

  #set(kept: Kept): void {
    if (kept.visit === this.#kept.visit && kept.hasEnded === this.#kept.hasEnded) return;
    this.#kept = kept;
    for (const listener of this.#listeners) listener();
  }
}
