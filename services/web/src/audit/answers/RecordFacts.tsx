// An answer on record, in a few lines.
import { Link } from '@tanstack/react-router';
import { useCopy } from '../../answer/useCopy';
import { IconButton } from '../../parts/IconButton';
import { CopyIcon } from '../../parts/icons';
import { Time } from '../../parts/Time';
import { answer as words } from '../../strings/answer';
import { answersFound } from '../../strings/answersFound';
import { parts } from '../../strings/parts';
import { record as say } from '../../strings/record';
import { Actor } from './Actor';
import { Status, Worst } from './AnswerList';
import type { AnswerRecord } from './calls';
import { Fact } from './Fact';
import styles from './Record.module.css';

const names = say.facts;

export function RecordFacts({ record }: { record: AnswerRecord }) {
  const { id, asked_at, actor, role, worst, statements, supported, snapshot, mode, model } = record;
  const { state, copy } = useCopy();
  return (
    <dl className={styles.facts}>
      <Fact name={names.asked}>
        <Time at={asked_at} isExact />
      </Fact>
      <Fact name={names.who}>
        <Actor id={actor} role={role} />
      </Fact>
      <Fact name={names.status}>
        <Status answer={record} />
      </Fact>
      <Fact name={names.weakest}>{worst == null ? names.none : <Worst verdict={worst} />}</Fact>
      <Fact name={names.statements}>{answersFound.list.supported(supported, statements)}</Fact>
      {snapshot != null && (
        <Fact name={names.snapshot}>
          {snapshot}{' '}
          <Link to="/audit/answers" search={{ snapshot: String(snapshot) }}>
            {names.sameSnapshot}
          </Link>
        </Fact>
      )}
      {mode != null && <Fact name={names.mode}>{(words.foot.modes as Readonly<Record<string, string>>)[mode] ?? mode}</Fact>}
      <Fact name={names.model}>
        {model == null ? (
          answersFound.list.noModel
        ) : (
          <>
            <code className={styles.hash}>{model}</code>{' '}
            <Link to="/audit/answers" search={{ model }}>
              {names.sameModel}
            </Link>
          </>
        )}
      </Fact>
      <Fact name={names.id}>
        <code className={styles.hash}>{id}</code>
        <IconButton label={names.copyId} icon={<CopyIcon size={14} />} onPress={() => copy(id)} />
        <span role="status" className={styles.note}>
          {state === 'copied' && parts.copied}
          {state === 'failed' && parts.copyFailed}
        </span>
      </Fact>
    </dl>
  );
}
