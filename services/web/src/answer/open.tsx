// How anything in an answer opens the reader: given by the page, which knows where the reader is.
import { createContext, use } from 'react';
import type { DocumentRef, Evidence } from '../api/types';
import { type Cite, type Opened, writeCite } from '../reader/state';

export interface Opener {
  open: (opened: Opened) => void;
  /** What is open, as `answer.part`, so that its number can be shown as pressed. */
  current: string | null;
}

export const OpenerContext = createContext<Opener>({ open: () => undefined, current: null });

export const useOpener = () => use(OpenerContext);

/** The place of a span in a document. */
export function placeIn(document: DocumentRef, span: { start: number; end: number }, cite: Cite): Opened {
  return { document: document.id, version: document.version, start: span.start, end: span.end, cite };
}

/** The place of a whole passage. */
export function placeOfEvidence(answer: string, evidence: Evidence): Opened {
  return placeIn(evidence.document, evidence, { answer, part: { kind: 'evidence', id: evidence.id } });
}

export const isCurrent = (opener: Opener, cite: Cite) => opener.current === writeCite(cite);
