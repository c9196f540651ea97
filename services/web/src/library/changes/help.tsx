// What can be done when the server refuses an act that two people share.
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Refused } from '../../api/problem';
import { changes } from '../../strings/changes';

/** Null where there is nothing to add to the refusal. */
export function helpWith(error: unknown): ReactNode {
  if (!(error instanceof Refused)) return null;
  const { code } = error.problem;
  const words = changes.proposal.help;
  if (!Object.hasOwn(words, code)) return null;
  return (
    <div>
      <p>{words[code]}</p>
      {code === 'findings_open' && <Link to="/library/queue">{changes.staged.toQueue}</Link>}
    </div>
  );
}
