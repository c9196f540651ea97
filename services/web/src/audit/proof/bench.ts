// Checks one after the other: each holds, fails, cannot be done here, or waits for one that failed.
import { proof as say } from '../../strings/proof';
import { Bad } from './bad';
import { Unable } from './crypto';

export type CheckName = keyof typeof say.checks;

export type Outcome = 'holds' | 'fails' | 'unable' | 'open';

export interface Check {
  name: CheckName;
  outcome: Outcome;
  /** What was found, or why it does not hold. */
  detail: string;
}

type Found<Needs extends readonly unknown[]> = { [At in keyof Needs]: Needs[At] | null };

export class Bench {
  readonly checks: Check[] = [];

  /** What the check finds, with what is to be said of it; null unless it holds. It is left open where a need was not met. */
  async check<const Needs extends readonly unknown[], T extends object>(
    name: CheckName,
    needs: Found<Needs>,
    work: (...needs: Needs) => Promise<[T, string]> | [T, string],
  ): Promise<T | null> {
    if (needs.includes(null)) {
      this.checks.push({ name, outcome: 'open', detail: say.open });
      return null;
    }
    try {
      const [found, detail] = await work(...(needs as unknown as Needs));
      this.checks.push({ name, outcome: 'holds', detail });
      return found;
    } catch (error) {
      const outcome = error instanceof Unable ? 'unable' : 'fails';
      const detail = error instanceof Bad || error instanceof Unable ? error.message : say.reasons.other;
      this.checks.push({ name, outcome, detail });
      return null;
    }
  }
}
