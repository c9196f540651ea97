// The steps of a proposal in words: who did what when, what is next, and who may do it.
import { Link } from '@tanstack/react-router';
import type { RefObject } from 'react';
import { CheckIcon, CloseIcon } from '../../parts/icons';
import { Chip } from '../../parts/Chip';
import { Time } from '../../parts/Time';
import { changes } from '../../strings/changes';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import type { Proposal } from '../types';
import own from './Changes.module.css';
import { type Step, type StepState, stepsOf } from './steps';

const say = changes.proposal.steps;
const states: Record<StepState, string> = { done: say.done, next: say.next, later: say.later, never: say.never };

interface StepsProps {
  proposal: Proposal;
  headingRef: RefObject<HTMLHeadingElement | null>;
}

export function Steps({ proposal, headingRef }: StepsProps) {
  return (
    <section className={styles.section} aria-labelledby="steps">
      <h2 id="steps" ref={headingRef} tabIndex={-1}>
        {say.title}
      </h2>
      <ol className={own.steps} aria-labelledby="steps">
        {stepsOf(proposal).map((step, at) => (
          <li
            key={step.name}
            className={`${own.step} ${own[step.state] ?? ''}`}
            {...(step.state === 'next' ? { 'aria-current': 'step' as const } : {})}
          >
            <span className={own.mark} aria-hidden="true">
              {step.state === 'done' ? <CheckIcon size={16} /> : step.state === 'never' ? <CloseIcon size={14} /> : at + 1}
            </span>
            <div>
              <h3>
                {say.others[proposal.kind]?.[step.name] ?? say.names[step.name]}
                <Chip tone={step.state === 'done' ? 'good' : 'info'}>{states[step.state]}</Chip>
              </h3>
              <Told step={step} proposal={proposal} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Told({ step, proposal: { kind, snapshot } }: { step: Step; proposal: Proposal }) {
  if (step.state === 'never') return null;
  if (step.state !== 'done') {
    const isAboutNoDocument = kind === 'policy' && step.name === 'review';
    return <p className={styles.quiet}>{isAboutNoDocument ? say.reviewPolicy : say.who[step.name]}</p>;
  }
  return (
    <>
      {step.by !== null && step.at !== null && (
        <p className={styles.quiet}>
          {say.by(nameOf(step.by))} <Time at={step.at} />
        </p>
      )}
      {step.name === 'publish' && snapshot !== null && (
        <p>
          {say.snapshot(snapshot)} <Link to="/library/snapshots">{say.toSnapshots}</Link>
        </p>
      )}
    </>
  );
}
