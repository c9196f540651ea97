// A server's answers in which every text is hostile, made from a real answer; and what a page must not show of them.
import { createHash } from 'node:crypto';
import type { Page, Route } from 'playwright-core';
import type { Answer, Differential, DocumentRef, DocumentView, Evidence, PlainAnswer } from '../../src/api/types';
import type { Conversation, ConversationPage } from '../../src/api/types';

const points = (text: string) => Array.from(text).length;
const hex = (n: number) => n.toString(16).padStart(32, '0');
const idOf = (n: number) => `01a20000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

export interface Hostile {
  conversation: Conversation;
  list: ConversationPage;
  document: DocumentView;
  plain: (id: string) => PlainAnswer;
  differential: (id: string) => Differential;
}

/** One conversation that says all of `payloads`, so many in an answer, out of one document that holds them all. */
export function hostile(real: Answer, realDocument: DocumentView, payloads: readonly string[], inAnswer = 10): Hostile {
  const all = payloads.join('  ');
  const starts: number[] = [];
  let length = 0;
  for (const payload of payloads) {
    starts.push(length);
    length += points(payload) + 1;
  }
  const place = (at: number) => ({ start: starts[at] ?? 0, end: (starts[at] ?? 0) + points(payloads[at] ?? '') });
  // As in an address, and as a script's.
  const url = payloads.find((payload) => payload.startsWith('javascript:')) ?? `data:text/html,${payloads[0] ?? ''}`;
  const text = payloads.join('\n');
  const ref: DocumentRef = {
    ...(real.evidence[0]?.document ?? realDocument),
    ...{ id: hex(1), version: 1, title: all, issuer: all, jurisdiction: all, grade: all, doi: all, pmid: all, url },
    sha256: createHash('sha256').update(text).digest('hex'),
  };
  const document: DocumentView = {
    ...realDocument,
    ...ref,
    text,
    versions: [{ number: 1, status: 'current', published: all, sha256: ref.sha256, is_in_force: true }],
    metadata: {
      ...realDocument.metadata,
      ...{ title: all, issuer: all, licence: all, notice: all, authors: [...payloads], jurisdiction: all, grade: all },
      sources: payloads.map((payload) => ({ title: payload, issuer: payload, year: 2020 })),
    },
    sections: [],
    blocks: payloads.map((payload, at) => ({
      kind: (['heading', 'paragraph', 'list_item', 'table_row', 'caption', 'reference'] as const)[at % 6] ?? 'paragraph',
      ...place(at),
      section: [payload],
      page: null,
    })),
  };
  const evidenceAt = (at: number): Evidence => ({
    ...{ id: `E${at + 1}`, passage: hex(at), text: payloads[at] ?? '', ...place(at), section: [payloads[at] ?? ''] },
    ...{ page: null, document: { ...ref, title: payloads[at] ?? '', issuer: payloads[at] ?? '' }, scores: { fused: 1 } },
  });
  const answers: Answer[] = [];
  for (let from = 0; from < payloads.length; from += inAnswer) {
    const places = Array.from(payloads.slice(from, from + inAnswer).keys(), (at) => at + from);
    const quoteAt = (at: number) => ({ evidence: `E${at + 1}`, quote: payloads[at] ?? '', ...place(at) });
    const said = payloads.slice(from, from + inAnswer).join('  ');
    answers.push({
      ...real,
      ...{ id: idOf(from), status: 'degraded', question: said, banner: said, reason: said },
      ...{ searched: [said], prompt_sha256: said },
      model: { id: said, revision: said, sha256: said, parameters: {} },
      evidence: places.map(evidenceAt),
      closest: places.map(evidenceAt),
      unknowns: [{ factor: 'age', text: said, evidence: [said] }],
      statements: places.map((at) => ({
        text: payloads[at] ?? '',
        said_by: payloads[at] ?? '',
        verdict: 'partial',
        reason: payloads[at] ?? '',
        citations: [{ n: at + 1, ...quoteAt(at), verdict: 'partial', reason: payloads[at] ?? '', secondhand: true }],
      })),
      conflicts: [
        { facet: 'amount', reason: said, positions: places.map((at) => ({ said_by: payloads[at] ?? '', ...quoteAt(at) })) },
      ],
    });
  }
  const head = { created_at: real.asked_at, updated_at: real.asked_at, turns: 1 };
  const heads = payloads.map((payload, at) => ({ ...head, id: idOf(at), title: payload }));
  const answerOf = (id: string) => answers.find((answer) => answer.id === id) ?? real;
  return {
    conversation: { ...head, id: idOf(0), title: all, answers },
    list: { conversations: heads, next: null },
    document,
    plain: (id) => ({
      id,
      note: all,
      statements: answerOf(id).statements.map(({ text, said_by, citations }) => {
        return { text, said_by, original: `${text} `, citations };
      }),
    }),
    differential: (id) => ({
      id,
      snapshot: real.snapshot,
      note: all,
      findings: [...payloads],
      conditions: payloads.map((payload, at) => ({
        condition: payload,
        document: { ...ref, title: payload, issuer: payload },
        for: [{ finding: payload, quote: payload, ...place(at), passage: hex(at), section: [payload] }],
        against: [],
      })),
    }),
  };
}

/** Serves the hostile conversation at `/c/<its id>`. */
export async function serveHostile(page: Page, made: Hostile): Promise<void> {
  const { conversation, list, document, plain, differential } = made;
  const part = (route: Route, at: number) => new URL(route.request().url()).pathname.split('/').at(at) ?? '';
  await page.route('**/v1/conversations?*', (route) => route.fulfill({ json: list }));
  await page.route('**/v1/conversations/*', (route) => route.fulfill({ json: conversation }));
  await page.route('**/v1/documents/*', (route) => route.fulfill({ json: document }));
  await page.route('**/v1/passages/*', (route) =>
    route.fulfill({ json: { ...conversation.answers[0]?.evidence[0], document: { ...document, status: 'retracted' } } }),
  );
  await page.route('**/v1/answers/*/plain', (route) => route.fulfill({ json: plain(part(route, -2)) }));
  await page.route('**/v1/answers/*/differential', (route) => route.fulfill({ json: differential(part(route, -2)) }));
  await page.route(/\/v1\/answers\/[^/]+$/, (route) =>
    route.fulfill({ json: conversation.answers.find((answer) => answer.id === part(route, -1)) ?? {} }),
  );
}

/** What in the page came out of a text instead of out of the pages: none, or the texts are not only shown. */
export const intruders = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found = [...document.querySelectorAll('iframe,object,embed,img,video,audio,base,math,style[type],meta[http-equiv]')];
    found.push(...[...document.scripts].filter((script) => !script.src.startsWith(location.origin)));
    for (const element of document.querySelectorAll('*')) {
      const attributes = [...element.attributes];
      if (attributes.some(({ name }) => name.startsWith('on'))) found.push(element);
      const addresses = /^((xlink:)?href|src|srcset|action|formaction|data|poster)$/;
      for (const { value } of attributes.filter(({ name }) => addresses.test(name))) {
        if (!/^https?:$/.test(new URL(value, location.href).protocol)) found.push(element);
      }
    }
    for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href]')) {
      if (link.origin !== location.origin && link.rel !== 'noreferrer') found.push(link);
    }
    const shown = found.map((element) => element.outerHTML.slice(0, 200));
    return '__pwned' in window ? ['code ran', ...shown] : shown;
  });

/** Which of `texts` stand in the page as they are, each in a text of its own. */
export const notShown = (page: Page, texts: readonly string[], within = 'body'): Promise<string[]> =>
  page.evaluate(
    ([wanted, selector]) => {
      const shown = new Set<string>();
      for (const root of document.querySelectorAll(selector)) {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) shown.add(walker.currentNode.nodeValue ?? '');
      }
      return wanted.filter((text) => !shown.has(text));
    },
    [[...texts], within] as const,
  );
