// What has become of the sources of an answer since it was given: the answer stays as it was, and says so.
import { useQueries } from '@tanstack/react-query';
import { standingQuery } from '../api/keys';
import type { Answer, DocumentRef } from '../api/types';
import { Notice } from '../parts/Notice';
import { answer as words, reader } from '../strings';

export function Since({ answer }: { answer: Answer }) {
  const cited = citedIn(answer);
  const found = useQueries({ queries: cited.map((one) => standingQuery(one)) });
  // What was under a label already when it was cited stands as it did.
  const changed = found.flatMap(({ data }, at) =>
    data && data.status !== 'current' && data.status !== cited[at]?.status ? [data] : [],
  );
  if (changed.length === 0) return null;
  const isGone = changed.some(({ status }) => status === 'retracted' || status === 'withdrawn');
  return (
    <Notice tone={isGone ? 'stop' : 'warn'} title={words.since} live={isGone ? 'alert' : 'status'}>
      {changed.map((document) => (
        <p key={`${document.id} ${document.version}`}>{lineOf(document)}</p>
      ))}
    </Notice>
  );
}

function lineOf({ title, version, status }: DocumentRef): string {
  if (status === 'current') return '';
  const { title: standing, text } = reader.standing[status];
  return `${title}, ${words.versionLine(version)}: ${standing}. ${text}`;
}

export interface Cited {
  passage: string;
  start: number;
  end: number;
  /** How the version stood when it was cited. */
  status: DocumentRef['status'];
}

/** One quote of each version that is cited: the licence may let no more than a quote be seen. */
export function citedIn({ statements, evidence }: Pick<Answer, 'statements' | 'evidence'>): Cited[] {
  const byVersion = new Map<string, Cited>();
  for (const { evidence: id, start, end } of statements.flatMap(({ citations }) => citations)) {
    const source = evidence.find((one) => one.id === id);
    if (!source) continue;
    const name = `${source.document.id} ${source.document.version}`;
    if (!byVersion.has(name)) byVersion.set(name, { passage: source.passage, start, end, status: source.document.status });
  }
  return [...byVersion.values()];
}
