// One gap: what was asked, how often, and what became of it.
import { Link } from '@tanstack/react-router';
import { Button } from '../../parts/Button';
import { Disclosure } from '../../parts/Disclosure';
import { Time } from '../../parts/Time';
import { gaps as say } from '../../strings/gaps';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import type { Ticket } from '../types';
import { questionOf } from './gaps';
import own from './Gaps.module.css';

interface TicketViewProps {
  ticket: Ticket;
  /** Declines it, or opens it again; only for those who may. */
  onChange?: () => void;
}

export function TicketView({ ticket, onChange }: TicketViewProps) {
  const { n, questions, times, first_asked_at, last_asked_at, state } = ticket;
  const words = state === 'open' ? say.decline : say.reopen;
  return (
    <article aria-label={say.number(n)}>
      <h2 className={own.question}>{questionOf(ticket)}</h2>
      <p className={styles.quiet}>
        {say.number(n)} · <strong>{say.times(times)}</strong> · {say.span.first} <Time at={first_asked_at} />,{' '}
        {say.span.last} <Time at={last_asked_at} />
      </p>
      <Became ticket={ticket} />
      {questions.length > 1 && (
        <Disclosure title={say.alike(questions.length - 1)}>
          <ul className={own.alike}>
            {questions.slice(1).map(({ question, times: often, last_asked_at: last }) => (
              <li key={question}>
                {question}
                <span className={own.often}>
                  {say.times(often)}, {say.span.last} <Time at={last} />
                </span>
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
      {onChange && state !== 'filled' && (
        <p className={own.act}>
          <Button size="s" aria-label={words.name(n)} onPress={onChange}>
            {words.open}
          </Button>
        </p>
      )}
    </article>
  );
}

/** Who declined it and why, or what filled it. */
function Became({ ticket: { state, note, changed_at, changed_by, snapshot } }: { ticket: Ticket }) {
  const isNamed = changed_by !== null && changed_at !== null;
  return (
    <>
      {state === 'filled' && (
        <p>
          {snapshot === null ? say.filledUnknown : <Link to="/library/snapshots">{say.filled(snapshot)}</Link>}
          {changed_at !== null && (
            <>
              , <Time at={changed_at} />
            </>
          )}
        </p>
      )}
      {note !== null && note !== '' && <p className={styles.title}>{say.note(note)}</p>}
      {state !== 'filled' && isNamed && (
        <p className={styles.quiet}>
          {(state === 'declined' ? say.declined : say.opened)(nameOf(changed_by))} <Time at={changed_at} />
        </p>
      )}
    </>
  );
}
