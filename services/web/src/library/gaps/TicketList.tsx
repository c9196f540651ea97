// A page of the gaps, and what can be done with each.
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Notice } from '../../parts/Notice';
import { useSession } from '../../session/useSession';
import { gaps as say } from '../../strings/gaps';
import { ActDialog } from '../ActDialog';
import { changeGap } from '../calls';
import styles from '../Desk.module.css';
import { libraryKey } from '../queries';
import type { Ticket } from '../types';
import { useSaid } from '../useSaid';
import { having, inOrder, questionOf, searchOf, stretchOf, type View } from './gaps';
import own from './Gaps.module.css';
import { TicketView } from './TicketView';

interface TicketListProps {
  tickets: readonly Ticket[];
  view: View;
}

export function TicketList({ tickets, view }: TicketListProps) {
  const client = useQueryClient();
  const { mayCurate } = useSession();
  const [doing, setDoing] = useState<Ticket | null>(null);
  const [said, setSaid] = useSaid();
  const [changed, setChanged] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  const ordered = useMemo(() => inOrder(tickets), [tickets]);
  const found = useMemo(() => having(view.q, ordered), [view.q, ordered]);
  const shown = stretchOf(found, view.page);

  // What was declined is gone from here, with the button that had the focus.
  useEffect(() => {
    if (changed > 0) place.current?.focus();
  }, [changed]);

  const words = doing?.state === 'open' ? say.decline : say.reopen;
  return (
    <div ref={place} tabIndex={-1} className={own.place}>
      <p role="status" className={styles.said}>
        {said}
      </p>
      <p role="status" className={styles.quiet}>
        {found.length === tickets.length ? say.all(tickets.length) : say.found(found.length, tickets.length)}
      </p>
      {tickets.length === 0 && <Notice title={say.empty[view.state]}>{say.emptyDetail[view.state]}</Notice>}
      {tickets.length > 0 && found.length === 0 && <Notice title={say.nothingFound} />}
      {shown.tickets.length > 0 && (
        <ol aria-label={say.list(say.states[view.state])} className={own.tickets}>
          {shown.tickets.map((ticket) => (
            <li key={ticket.id}>
              <TicketView ticket={ticket} {...(mayCurate ? { onChange: () => setDoing(ticket) } : {})} />
            </li>
          ))}
        </ol>
      )}
      {shown.last > 1 && (
        <nav aria-label={say.pages} className={own.pages}>
          {shown.page > 1 && (
            <Link to="/library/gaps" search={searchOf({ ...view, page: shown.page - 1 })}>
              {say.previous}
            </Link>
          )}
          <span>{say.page(shown.from, shown.from + shown.tickets.length - 1, found.length)}</span>
          {shown.page < shown.last && (
            <Link to="/library/gaps" search={searchOf({ ...view, page: shown.page + 1 })}>
              {say.next}
            </Link>
          )}
        </nav>
      )}
      {doing && (
        <ActDialog
          title={words.title}
          reason={{ label: words.note, missing: words.missing }}
          act={words.act}
          acting={words.acting}
          failed={words.failed}
          send={({ reason }) => changeGap(doing.id, { state: doing.state === 'open' ? 'declined' : 'open', note: reason })}
          onDone={() => {
            setSaid(words.done(questionOf(doing)));
            setDoing(null);
            setChanged((times) => times + 1);
            void client.invalidateQueries({ queryKey: libraryKey });
          }}
          onFailed={() => void client.invalidateQueries({ queryKey: libraryKey })}
          onClose={() => setDoing(null)}
        >
          <p className={own.quoted}>{questionOf(doing)}</p>
          <p>{words.detail}</p>
        </ActDialog>
      )}
    </div>
  );
}
