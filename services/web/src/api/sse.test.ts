// Event streams cut at every byte, with every line ending that the standard knows.
import { describe, expect, it } from 'vitest';
import { EventParser, events, type ServerEvent } from './sse';

const bytes = (text: string) => new TextEncoder().encode(text);

function parse(chunks: readonly Uint8Array[]): ServerEvent[] {
  const parser = new EventParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
}

describe('EventParser', () => {
  const stream =
    ': kept alive\n\nevent: statement\ndata: {"text":"eGFR ≥ 30 😀"}\n\n:\n\nevent: done\ndata: {"a":1,\ndata: "b":2}\n\n';
  const expected = [
    { event: 'statement', data: '{"text":"eGFR ≥ 30 😀"}' },
    { event: 'done', data: '{"a":1,\n"b":2}' },
  ];

  for (const [name, ending] of [['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']] as const) {
    it(`reads the same wherever it is cut, with ${name}`, () => {
      // A lone CR at the end waits for a possible LF, so one more line follows.
      const whole = bytes(`${stream.replaceAll('\n', ending)}: end${ending}`);
      for (let cut = 0; cut <= whole.length; cut += 1) {
        expect(parse([whole.slice(0, cut), whole.slice(cut)])).toEqual(expected);
      }
      expect(parse([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected);
    });
  }

  it('drops an event that was not finished', () => {
    expect(parse([bytes('event: done\ndata: {}\n')])).toEqual([]);
  });

  it('passes over fields that it does not know, and events without data', () => {
    expect(parse([bytes('id: 1\nretry: 5\nevent: ping\n\ndata:x\n\n')])).toEqual([{ event: 'message', data: 'x' }]);
  });

  it('takes away one space after the colon and no more', () => {
    expect(parse([bytes('data:  x\ndata\n\n')])).toEqual([{ event: 'message', data: ' x\n' }]);
  });

  it('drops a byte-order mark', () => {
    expect(parse([Uint8Array.of(0xef, 0xbb, 0xbf), bytes('data: x\n\n')])).toEqual([{ event: 'message', data: 'x' }]);
  });
});

describe('events', () => {
  it('does not wait for ever for a stream that has gone silent', async () => {
    const body = new ReadableStream<Uint8Array>();
    await expect(events(body, 5).next()).rejects.toThrow('silent');
  });

  it('cancels the body when it is left early, which stops the work on the server', async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(bytes('data: x\n\n')),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const event of events(body)) {
      expect(event.data).toBe('x');
      break;
    }
    expect(isCancelled).toBe(true);
  });
});
