// Where an answer comes from: when, from which snapshot, by which model; and what can be done with it.
import type { Answer } from '../api/types';
import { ExportMenu } from '../export/ExportMenu';
import { CopyIcon } from '../parts/icons';
import { IconButton } from '../parts/IconButton';
import { answer } from '../strings';
import styles from './AnswerFoot.module.css';
import { useCopy } from './useCopy';
import { timeLine } from './words';

const words = answer.foot;

export function AnswerFoot({ answer: shown }: { answer: Answer }) {
  const { id, model } = shown;
  const copy = useCopy();
  const seconds = (shown.timings_ms.total / 1000).toFixed(1);
  return (
    <footer className={styles.foot} aria-label={words.label}>
      <dl className={styles.facts}>
        <Fact name={words.asked}>
          <time dateTime={shown.asked_at}>{timeLine(shown.asked_at)}</time>
        </Fact>
        <Fact name={words.snapshot}>{shown.snapshot}</Fact>
        <Fact name={words.mode}>{words.modes[shown.mode]}</Fact>
        <Fact name={words.model}>{model ? [model.id, model.revision].filter(Boolean).join(' @ ') : words.noModel}</Fact>
        <Fact name={words.time}>{words.seconds(seconds)}</Fact>
        <Fact name={words.id}>
          <code>{id}</code>
        </Fact>
      </dl>
      <div className={styles.actions} data-no-print>
        <ExportMenu answers={[shown]} title={shown.question} />
        <a className={styles.json} href={`/v1/answers/${encodeURIComponent(id)}`} target="_blank" rel="noreferrer">
          {words.json}
        </a>
        <IconButton
          label={words.copyId}
          icon={<CopyIcon size={16} />}
          onPress={() => {
            copy.copy(id);
          }}
        />
        <span role="status" className={styles.copied}>
          {copy.state === 'copied' ? answer.copied : copy.state === 'failed' ? answer.copyFailed : ''}
        </span>
      </div>
    </footer>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
