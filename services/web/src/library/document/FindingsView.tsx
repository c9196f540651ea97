// What was found about a document: what is open, to be settled here, and how the rest was settled.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { Chip } from '../../parts/Chip';
import { AlertIcon, CheckIcon } from '../../parts/icons';
import { sentence } from '../../parts/ProblemNotice';
import { Time } from '../../parts/Time';
import { useSession } from '../../session/useSession';
import { documentRecord } from '../../strings/documents';
import { queue } from '../../strings/queue';
import { nameOf } from '../people';
import { libraryKey } from '../queries';
import { SettleDialog } from '../queue/SettleDialog';
import type { Finding, Outcome } from '../types';
import styles from './Record.module.css';

const say = documentRecord.findings;
const outcomes = ['accepted', 'acted', 'dismissed'] as const;

interface FindingsProps {
  findings: readonly Finding[];
  onSaid: (text: string) => void;
}

export function FindingsView({ findings, onSaid }: FindingsProps) {
  const { mayCurate } = useSession();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<{ finding: Finding; outcome: Outcome } | null>(null);
  const open = findings.filter((one) => one.settled === null);
  const settled = findings.filter((one) => one.settled !== null);
  const close = () => {
    setAsked(null);
    void queries.invalidateQueries({ queryKey: libraryKey });
  };
  if (findings.length === 0) return <p>{say.none}</p>;
  return (
    <>
      <h2 className={styles.heading}>{say.open}</h2>
      {open.length === 0 && <p>{say.noneOpen}</p>}
      <ul className={styles.entries}>
        {open.map((finding) => (
          <li key={finding.id}>
            <Told finding={finding} />
            {mayCurate && (
              <div className={styles.acts}>
                <span>{say.settle}</span>
                {outcomes.map((outcome) => (
                  <Button key={outcome} size="s" onPress={() => setAsked({ finding, outcome })}>
                    {queue.outcomes[outcome].act}
                  </Button>
                ))}
              </div>
            )}
          </li>
        ))}
      </ul>
      {settled.length > 0 && (
        <>
          <h2 className={styles.heading}>{say.settled}</h2>
          <ul className={styles.entries}>
            {settled.map((finding) => (
              <li key={finding.id}>
                <Told finding={finding} />
              </li>
            ))}
          </ul>
        </>
      )}
      {asked && (
        <SettleDialog
          {...asked}
          onDone={() => {
            onSaid(say.done);
            close();
          }}
          // It says so itself; what has become of it is read anew.
          onGone={() => void queries.invalidateQueries({ queryKey: libraryKey })}
          onClose={() => setAsked(null)}
        />
      )}
    </>
  );
}

function Told({ finding: { kind, version, at, detail, settled } }: { finding: Finding }) {
  return (
    <>
      <p className={styles.chips}>
        <Chip
          tone={settled ? 'info' : 'warn'}
          icon={settled ? <CheckIcon size={13} /> : <AlertIcon size={13} />}
        >
          {queue.kinds[kind].name}
        </Chip>
        <span className={styles.quiet}>
          {say.of(version)}, <Time at={at} />
        </span>
      </p>
      <p>{sentence(detail)}</p>
      {settled && (
        <p className={styles.quiet}>
          {queue.outcomes[settled.outcome].done}, {say.by(nameOf(settled.by))}, <Time at={settled.at} />.{' '}
          {settled.note === '' ? say.noNote : settled.note}
        </p>
      )}
    </>
  );
}
