// What an answer was made with: model, prompt, time.
import type { Answer } from '../../api/types';
import { count } from '../../records/words';
import { record } from '../../strings/record';
import { Fact } from './Fact';
import styles from './Record.module.css';

const say = record.making;
const stages = Object.keys(say.stages) as (keyof typeof say.stages)[];

export function Making({ answer: { model, judge, prompt_sha256, timings_ms } }: { answer: Answer }) {
  return (
    <>
      <h3>{say.heading}</h3>
      <dl className={styles.facts}>
        {model ? <Model name={say.model} model={model} /> : <Fact name={say.model}>{say.noModel}</Fact>}
        {judge && <Model name={say.judge} model={judge} />}
        {prompt_sha256 != null && (
          <Fact name={say.prompt}>
            <code className={styles.hash}>{prompt_sha256}</code>
          </Fact>
        )}
        <Fact name={say.timings}>
          {stages.map((stage) => `${say.stages[stage]} ${say.ms(count(timings_ms[stage]))}`).join(' · ')}
        </Fact>
      </dl>
    </>
  );
}

function Model({ name, model }: { name: string; model: NonNullable<Answer['model']> }) {
  return (
    <>
      <Fact name={name}>{model.id}</Fact>
      {model.revision != null && <Fact name={say.revision}>{model.revision}</Fact>}
      {model.sha256 != null && (
        <Fact name={say.weights}>
          <code className={styles.hash}>{model.sha256}</code>
        </Fact>
      )}
      <Fact name={say.parameters}>
        <code className={styles.hash}>{JSON.stringify(model.parameters)}</code>
      </Fact>
    </>
  );
}
