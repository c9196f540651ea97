// Asking, with what servers and networks can do to it.
import { describe, expect, it, vi } from 'vitest';
import { answerWith } from '../testing/sample';
import { ask, type AskBody, type AskEvent } from './ask';
import { Lost, Refused } from './problem';

const body: AskBody = { question: 'q' };

function serve(chunks: readonly string[], init: ResponseInit = {}) {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
  return vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(stream, init));
}

async function collect(signal = new AbortController().signal): Promise<AskEvent[]> {
  const seen: AskEvent[] = [];
  for await (const event of ask(body, signal)) seen.push(event);
  return seen;
}

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

describe('ask', () => {
  it('yields what comes and ends with the answer', async () => {
    const answer = answerWith();
    const fetched = serve([
      event('progress', { stage: 'retrieve' }), ': alive\n\n', event('evidence', answer.evidence),
      event('statement', answer.statements[0]), event('unheard-of', 1), event('done', answer),
    ]);
    const kinds = (await collect()).map((one) => one.kind);
    expect(kinds).toEqual(['stage', 'evidence', 'statement', 'done']);
    const init = fetched.mock.calls[0]?.[1];
    expect(JSON.parse(init?.body as string)).toEqual({ ...body, stream: true });
  });

  it('throws the problem that a stream ends with', async () => {
    const problem = { type: 'x', title: 'x', status: 503, detail: 'the index is away', code: 'index_unavailable', request_id: 'r1' };
    serve([event('progress', { stage: 'retrieve' }), event('error', problem)]);
    const error = await collect().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Refused);
    expect((error as Refused).problem.request_id).toBe('r1');
  });

  it('takes a stream that ends without an answer for a lost server', async () => {
    serve([event('statement', answerWith().statements[0])]);
    await expect(collect()).rejects.toBeInstanceOf(Lost);
  });

  it('takes an event that is not JSON for a lost server', async () => {
    serve(['event: done\ndata: <html>\n\n']);
    await expect(collect()).rejects.toBeInstanceOf(Lost);
  });

  it('says when a busy server may be asked again', async () => {
    const problem = { type: 'x', title: 'x', status: 503, detail: 'busy: try again in 2 s', code: 'busy', request_id: 'r2' };
    serve([JSON.stringify(problem)], { status: 503, headers: { 'retry-after': '2' } });
    const error = await collect().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ retryAfter: 2, isBusy: true });
  });

  it('takes the error page of a proxy for a lost server', async () => {
    serve(['<h1>Bad Gateway</h1>'], { status: 502 });
    await expect(collect()).rejects.toBeInstanceOf(Lost);
  });

  it('takes a network error for a lost server, and an abort for an abort', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('failed'));
    await expect(collect()).rejects.toBeInstanceOf(Lost);
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new DOMException('stopped', 'AbortError'));
    await expect(collect()).rejects.toMatchObject({ name: 'AbortError' });
  });
});
