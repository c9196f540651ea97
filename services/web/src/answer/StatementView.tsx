// One statement: who says it, the words, what became of it when it was checked, and its quotes.
import { lazy, Suspense, useState } from 'react';
import type { Answer, Statement } from '../api/types';
import { statementText } from '../export/text';
import { IconButton } from '../parts/IconButton';
import { CopyIcon, EditIcon, FlagIcon, MoreIcon } from '../parts/icons';
import { Menu, MenuItem, MenuLine } from '../parts/Menu';
import type { Quoting } from '../reader/expected';
import { NOW } from '../reader/state';
import { answer as words } from '../strings';
import { CitationMark } from './CitationMark';
import styles from './StatementView.module.css';
import { useCopy } from './useCopy';
import { VerdictChip } from './VerdictChip';

const FeedbackDialog = lazy(() =>
  import('../feedback/FeedbackDialog').then((room) => ({ default: room.FeedbackDialog })),
);

interface StatementViewProps {
  statement: Statement;
  /** Its place in the answer, from 1. */
  place: number;
  answer: Quoting;
  /** The answer on record; null while it is coming in, when nothing can refer to it yet. */
  recorded: Answer | null;
}

export function StatementView({ statement, place, answer, recorded }: StatementViewProps) {
  const isWorded = recorded?.mode === 'synthesis';
  return (
    <li className={styles.statement}>
      <div className={styles.head}>
        <p className={styles.saidBy}>{statement.said_by}</p>
        {recorded && <Actions place={place} answer={recorded} />}
      </div>
      <p className={isWorded ? styles.worded : styles.quoted}>{statement.text}</p>
      <div className={styles.foot}>
        <VerdictChip verdict={statement.verdict} reason={statement.reason} />
        {statement.citations.map((citation) => (
          <CitationMark key={citation.n} citation={citation} answer={answer} answerId={recorded?.id ?? NOW} />
        ))}
        {isWorded && <span className={styles.note}>{words.worded}</span>}
      </div>
      {statement.citations.some((citation) => citation.secondhand) && (
        <p className={styles.secondhand}>{words.secondhand}</p>
      )}
    </li>
  );
}

function Actions({ place, answer }: { place: number; answer: Answer }) {
  const [dialog, setDialog] = useState<'feedback' | 'safety' | null>(null);
  const copy = useCopy();
  return (
    <div className={styles.actions} data-no-print>
      <span role="status" className={styles.copied}>
        {copy.state === 'copied' ? words.copied : copy.state === 'failed' ? words.copyFailed : ''}
      </span>
      <Menu label={words.actions(place)} trigger={<IconButton label={words.actions(place)} icon={<MoreIcon />} />}>
        <MenuItem
          icon={<CopyIcon />}
          onAction={() => {
            copy.copy(statementText(answer, place - 1) ?? '');
          }}
        >
          {words.copyStatement}
        </MenuItem>
        <MenuLine />
        <MenuItem
          icon={<EditIcon />}
          onAction={() => {
            setDialog('feedback');
          }}
        >
          {words.feedback}
        </MenuItem>
        <MenuItem
          isDanger
          icon={<FlagIcon />}
          onAction={() => {
            setDialog('safety');
          }}
        >
          {words.safety}
        </MenuItem>
      </Menu>
      {dialog && (
        <Suspense>
          <FeedbackDialog
            answerId={answer.id}
            statement={place}
            kind={dialog}
            isOpen
            onOpenChange={(isOpen) => {
              if (!isOpen) setDialog(null);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
