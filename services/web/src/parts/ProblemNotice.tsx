// A call that failed, in the server's words, with the id to quote when asking for help.
import type { ReactNode } from 'react';
import { Refused } from '../api/problem';
import { problem as words } from '../strings';
import { Notice } from './Notice';
import styles from './ProblemNotice.module.css';

interface ProblemNoticeProps {
  error: unknown;
  title?: ReactNode;
  /** Something that changes while it is read, such as a time: seen, but not read aloud again and again. */
  ticker?: ReactNode;
  actions?: ReactNode;
}

export function ProblemNotice({ error, title, ticker, actions }: ProblemNoticeProps) {
  const detail = error instanceof Error ? error.message : words.unknown;
  const requestId = error instanceof Refused ? error.problem.request_id : '';
  const isNotAllowed = error instanceof Refused && error.isNotAllowed;
  const isMild = error instanceof Refused && (error.isBusy || error.isMissingEndpoint || isNotAllowed);
  // What a role does not include is no failure, whatever it was that was asked for.
  const heading = isNotAllowed ? words.notAllowed : (title ?? words.title);
  return (
    <Notice tone={isMild ? 'warn' : 'stop'} title={heading} live="alert" actions={actions}>
      <p>{sentence(detail)}</p>
      {isNotAllowed && <p>{words.notAllowedHelp}</p>}
      {ticker && <p aria-hidden="true">{ticker}</p>}
      {requestId && (
        <p className={styles.small}>
          {words.requestId} <code>{requestId}</code>
        </p>
      )}
    </Notice>
  );
}

/** The server's details begin in lower case and have no full stop. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?:]$/.test(begun) ? begun : `${begun}.`;
}
