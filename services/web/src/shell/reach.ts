// Whether the server can be reached. Nothing is asked of it while all is well; once lost, it is looked for quietly.
import { useSyncExternalStore } from 'react';

export type Reach = 'fine' | 'lost' | 'back';

export class Reachability {
  #reach: Reach = 'fine';
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #look: () => Promise<unknown>;
  readonly #onBack: () => void;

  constructor(look: () => Promise<unknown>, onBack: () => void) {
    this.#look = look;
    this.#onBack = onBack;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly current = (): Reach => this.#reach;

  readonly lose = (): void => {
    if (this.#reach === 'lost') return;
    this.#set('lost');
    this.#wait(2000);
  };

  /** The reader has seen that it is back. */
  readonly settle = (): void => {
    if (this.#reach === 'back') this.#set('fine');
  };

  #wait(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#look().then(
        () => {
          this.#set('back');
          this.#onBack();
        },
        () => {
          this.#wait(Math.min(ms * 1.5, 15_000));
        },
      );
    }, ms);
  }

  #set(reach: Reach): void {
    this.#reach = reach;
    for (const listener of this.#listeners) listener();
  }
}

export const useReach = (reachability: Reachability): Reach =>
  useSyncExternalStore(reachability.subscribe, reachability.current);
