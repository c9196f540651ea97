// Sees what no page may do, whatever is being tested: ask another host, break its policy, fail in a script, open a dialog.
import type { BrowserContext } from 'playwright-core';

export class Watch {
  readonly #faults: string[] = [];
  readonly #expected: RegExp[] = [];

  /** What this test brings about on purpose, as the console words it. */
  expects(...faults: RegExp[]): void {
    this.#expected.push(...faults);
  }

  faults(): string[] {
    return this.#faults.filter((fault) => !this.#expected.some((expected) => expected.test(fault)));
  }

  follow(context: BrowserContext, origin: string): void {
    context.on('request', (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      if (asked !== origin && protocol !== 'blob:' && protocol !== 'data:') this.#faults.push(`asked ${request.url()}`);
    });
    // Breaches of the content security policy are reported here too.
    context.on('console', (message) => {
      if (message.type() === 'error') this.#faults.push(`console: ${message.text()} ${message.location().url}`);
    });
    context.on('weberror', (error) => {
      this.#faults.push(`uncaught: ${error.error().stack ?? error.error().message}`);
    });
    context.on('dialog', (dialog) => {
      this.#faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
}
