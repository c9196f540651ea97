// Answers of the server that no test can wait for: refusals, broken streams, and answers changed on their way.
import type { Page, Route } from 'playwright-core';
import type { Answer, Problem } from '../../src/api/types';

/** Server-sent events as the server writes them; the last field of a stream is `done` unless it is cut off. */
export const eventsOf = (...events: [name: string, data: unknown][]): string =>
  events.map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join('');

export const stream = (route: Route, body: string): Promise<void> =>
  route.fulfill({ status: 200, contentType: 'text/event-stream', body });

export const problem = (status: number, detail: string, code = 'made_up'): Problem => ({
  type: `urn:osler:problem:${code}`,
  title: 'Made up',
  status,
  detail,
  code,
  request_id: '01a20596-1ccd-72cb-8bf7-70711627bdb6',
});

export const refuse = (route: Route, refusal: Problem, headers: Record<string, string> = {}): Promise<void> =>
  route.fulfill({ status: refusal.status, headers, contentType: 'application/problem+json', body: JSON.stringify(refusal) });

/** Takes over the next questions; everything else goes to the server. */
export const onQuestion = (page: Page, handle: (route: Route) => Promise<void>): Promise<unknown> =>
  page.route('**/v1/answers', (route) => (route.request().method() === 'POST' ? handle(route) : route.fallback()));

/** Questions wait until `release`, and are then answered by the server. */
export async function holdQuestions(page: Page): Promise<{ release: () => void }> {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await onQuestion(page, async (route) => {
    await gate;
    // The page may have stopped it by now.
    await route.continue().catch(() => undefined);
  });
  return { release };
}

/** Changes each answer before the page sees it, in its stream and where it is read again. */
export async function changeAnswers(page: Page, change: (answer: Answer) => Answer): Promise<void> {
  await onQuestion(page, async (route) => {
    const response = await route.fetch({ timeout: 60_000 });
    const body = (await response.text()).replace(
      /^event: done\ndata: (.*)$/m,
      (_, data: string) => `event: done\ndata: ${JSON.stringify(change(JSON.parse(data) as Answer))}`,
    );
    await stream(route, body);
  });
  await page.route(/\/v1\/answers\/[^/]+$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change((await response.json()) as Answer) });
  });
}

/** Lets streams of answers come in small pieces and keeps back their last event until `finish`; before the page is opened. */
export async function holdEnds(page: Page): Promise<{ finish: () => Promise<void> }> {
  await page.addInitScript(() => {
    const send = window.fetch.bind(window);
    window.fetch = async (input, init) => {
      const response = await send(input, init);
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
      const whole = new TextEncoder().encode(await response.text());
      const end = new TextDecoder('latin1').decode(whole).lastIndexOf('event: done');
      const body = new ReadableStream<Uint8Array>({
        start: (stream) => {
          // Cut in the midst of lines and of letters.
          for (let at = 0; at < end; at += 101) stream.enqueue(whole.slice(at, Math.min(at + 101, end)));
          Object.assign(window, {
            finishStream: () => {
              stream.enqueue(whole.slice(end));
              stream.close();
            },
          });
        },
      });
      return new Response(body, { headers: response.headers });
    };
  });
  return { finish: () => page.evaluate(() => (window as unknown as { finishStream: () => void }).finishStream()) };
}
