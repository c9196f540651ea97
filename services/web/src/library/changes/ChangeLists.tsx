// Documents that change, corpus by corpus. There may be very many.
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { Chip } from '../../parts/Chip';
import { Disclosure } from '../../parts/Disclosure';
import { CrossIcon, EditIcon, PlusIcon } from '../../parts/icons';
import { LongList } from '../../parts/LongList';
import { changes as words } from '../../strings/changes';
import styles from '../Desk.module.css';
import type { StagedChange } from '../types';
import { useCorpusTitles } from '../useCorpusTitles';
import own from './Changes.module.css';
import { byCorpus, wayOf } from './summary';

const say = words.staged;
/** So many are in sight at once. */
const FEW = 20;

const keyOf = ({ document, version }: StagedChange) => `${document}.${version}`;
const titleOf = ({ title }: StagedChange) => title;

const looks = {
  coming: { tone: 'good', icon: <PlusIcon size={13} /> },
  changed: { tone: 'info', icon: <EditIcon size={13} /> },
  leaving: { tone: 'warn', icon: <CrossIcon size={13} /> },
} as const;

export function ChangeLists({ changes }: { changes: readonly StagedChange[] }) {
  const nameOf = useCorpusTitles();
  const groups = useMemo(() => byCorpus(changes), [changes]);
  return (
    <div className={own.lists}>
      {groups.map(({ corpus, changes: held }) => {
        const label = say.corpus(nameOf(corpus), new Set(held.map(({ document }) => document)).size);
        return (
          <Disclosure key={corpus} title={label} isOpenAtFirst={changes.length <= FEW}>
            <LongList label={label} items={held} keyOf={keyOf} textOf={titleOf}>
              {(change) => <ChangeRow change={change} />}
            </LongList>
          </Disclosure>
        );
      })}
    </div>
  );
}

function ChangeRow({ change }: { change: StagedChange }) {
  const way = wayOf(change);
  return (
    <>
      <span className={styles.spread}>
        <Link
          to="/library/documents/$id"
          params={{ id: change.document }}
          search={{ version: String(change.version) }}
          className={styles.title}
        >
          {change.title}
        </Link>
        <Chip {...looks[way]}>{say.ways[way]}</Chip>
      </span>
      <p className={styles.quiet}>
        {say.version(change.version)} · {say.passages(change.coming, change.leaving)}
      </p>
    </>
  );
}
