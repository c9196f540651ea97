// The reader's earlier conversations by day, with what can be done to each.
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Refused } from '../api/problem';
import type { ConversationHead } from '../api/types';
import { Button } from '../parts/Button';
import { IconButton } from '../parts/IconButton';
import { EditIcon, ExportIcon, MoreIcon, TrashIcon } from '../parts/icons';
import { Menu, MenuItem, MenuLine } from '../parts/Menu';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { history as say } from '../strings/history';
import { DeleteDialog } from './DeleteDialog';
import { ExportDialog } from './ExportDialog';
import { grouped, titleOf } from './history';
import styles from './HistoryRail.module.css';
import { RenameDialog } from './RenameDialog';
import { useConversations } from './useConversations';

interface HistoryRailProps {
  current: string | null;
  /** Called when the reader has gone somewhere: a drawer closes then. */
  onNavigate?: () => void;
}

const SAID_FOR_MS = 6000;

type Doing = { what: 'rename' | 'export' | 'remove'; conversation: ConversationHead };

export function HistoryRail({ current, onNavigate }: HistoryRailProps) {
  const list = useConversations();
  const navigate = useNavigate();
  const [doing, setDoing] = useState<Doing | null>(null);
  const [said, setSaid] = useState('');
  const rail = useRef<HTMLDivElement>(null);

  // What was done is said once; it must not stand there when the next thing is done.
  useEffect(() => {
    const timer = setTimeout(() => setSaid(''), SAID_FOR_MS);
    return () => clearTimeout(timer);
  }, [said]);

  const close = () => setDoing(null);
  const conversations = (list.data?.pages ?? [])
    .flatMap((page) => page.conversations)
    // One that was begun and never got a question is nothing to go back to.
    .filter((one) => one.turns > 0 || one.id === current);

  return (
    <div ref={rail} className={styles.rail} tabIndex={-1}>
      <p role="status" className={styles.said}>
        {said}
      </p>
      {list.isPending && <Skeleton lines={4} label={say.loading} />}
      {list.isError && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && conversations.length === 0 && <p className={styles.empty}>{say.empty}</p>}
      {grouped(conversations, useToday()).map(({ period, conversations: found }) => (
        <section key={period} aria-labelledby={`history-${period}`}>
          <h2 id={`history-${period}`} className={styles.period}>
            {say.groups[period]}
          </h2>
          <ul className={styles.list}>
            {found.map((conversation) => (
              <Row
                key={conversation.id}
                conversation={conversation}
                isCurrent={conversation.id === current}
                {...(onNavigate ? { onNavigate } : {})}
                onDo={(what) => setDoing({ what, conversation })}
              />
            ))}
          </ul>
        </section>
      ))}
      {list.hasNextPage && (
        <Button look="quiet" size="s" isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? say.loading : say.more}
        </Button>
      )}
      {doing?.what === 'rename' && (
        <RenameDialog
          conversation={doing.conversation}
          onClose={close}
          onDone={() => {
            setSaid(say.renamed);
            close();
          }}
        />
      )}
      {doing?.what === 'export' && <ExportDialog conversation={doing.conversation} onClose={close} />}
      {doing?.what === 'remove' && (
        <DeleteDialog
          conversation={doing.conversation}
          onClose={close}
          onDone={() => {
            setSaid(say.removed(titleOf(doing.conversation)));
            close();
            // The button that had the focus is gone with its row.
            rail.current?.focus();
            if (doing.conversation.id === current) void navigate({ to: '/' });
          }}
        />
      )}
    </div>
  );
}

interface RowProps {
  conversation: ConversationHead;
  isCurrent: boolean;
  onNavigate?: () => void;
  onDo: (what: Doing['what']) => void;
}

function Row({ conversation, isCurrent, onNavigate, onDo }: RowProps) {
  const title = titleOf(conversation);
  return (
    <li className={`${styles.row} ${isCurrent ? styles.current : ''}`}>
      <Link
        to="/c/$conversation"
        params={{ conversation: conversation.id }}
        className={styles.link}
        title={title}
        {...(isCurrent ? { 'aria-current': 'page' } : {})}
        {...(onNavigate ? { onClick: onNavigate } : {})}
      >
        <span className={styles.title}>{title}</span>
      </Link>
      <span className={styles.options}>
        <Menu label={say.options(title)} trigger={<IconButton label={say.options(title)} icon={<MoreIcon />} />}>
          <MenuItem icon={<EditIcon />} onAction={() => onDo('rename')}>
            {say.rename}
          </MenuItem>
          <MenuItem icon={<ExportIcon />} onAction={() => onDo('export')}>
            {say.exportAll}
          </MenuItem>
          <MenuLine />
          <MenuItem icon={<TrashIcon />} isDanger onAction={() => onDo('remove')}>
            {say.remove}
          </MenuItem>
        </Menu>
      </span>
    </li>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof Refused && error.isMissingEndpoint) return <p className={styles.empty}>{say.unavailable}</p>;
  return (
    <ProblemNotice
      title={say.failed}
      error={error}
      actions={
        <Button size="s" onPress={onRetry}>
          {say.retry}
        </Button>
      }
    />
  );
}

const MINUTE = 60_000;

/** The time now, to the minute: a page left open over night must not call yesterday today. */
function useToday(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  return now;
}
