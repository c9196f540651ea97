// A proposal: how far it is, what it would change, who signed it, and what whoever reads it may do.
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { ProblemNotice } from '../../parts/ProblemNotice';
import { Skeleton } from '../../parts/Skeleton';
import { Time } from '../../parts/Time';
import { useTitle } from '../../shell/useTitle';
import { act } from '../../strings/act';
import { changes } from '../../strings/changes';
import { PolicyDifferences } from '../corpora/PolicyDifferences';
import styles from '../Desk.module.css';
import { nameOf } from '../people';
import { proposalQuery } from '../queries';
import type { Proposal } from '../types';
import { useSaid } from '../useSaid';
import { Acts } from './Acts';
import own from './Changes.module.css';
import { ChangeLists } from './ChangeLists';
import { StateChip } from './ProposalLists';
import { Signatures } from './Signatures';
import { Steps } from './Steps';
import { isOpen } from './steps';

const say = changes.proposal;

/** Others work on it, too. */
const LOOK_MS = 30_000;

export function ProposalPage() {
  const { id } = useParams({ from: '/library/changes/$id' });
  const proposal = useQuery({ ...proposalQuery(id), refetchInterval: LOOK_MS });
  useTitle(proposal.data ? changes.proposals.name(proposal.data) : changes.title);
  return (
    <div className={styles.page}>
      <p>
        <Link to="/library/changes">{say.all}</Link>
      </p>
      {!proposal.data && <h1>{changes.proposals.title}</h1>}
      {proposal.isPending && <Skeleton lines={8} label={say.loading} />}
      {proposal.isError && (
        <ProblemNotice
          title={say.failed}
          error={proposal.error}
          actions={<Button onPress={() => void proposal.refetch()}>{act.retry}</Button>}
        />
      )}
      {proposal.data && <Told key={id} proposal={proposal.data} />}
    </div>
  );
}

function Told({ proposal }: { proposal: Proposal }) {
  const { kind, reason, record_hash, state, closed, document, version, corpus, policy } = proposal;
  const [said, setSaid] = useSaid();
  const [acts, setActs] = useState(0);
  const steps = useRef<HTMLHeadingElement>(null);

  // The button that opened the dialog is gone with what could be done.
  useEffect(() => {
    if (acts > 0) steps.current?.focus();
  }, [acts]);

  return (
    <>
      <h1>{changes.proposals.name(proposal)}</h1>
      <p className={own.chips}>
        <StateChip {...proposal} />
      </p>
      <p className={styles.lead}>{say.lead[kind]}</p>
      <p role="status" className={styles.said}>
        {said}
      </p>
      {proposal.is_changed && isOpen(proposal) && (
        <div className={own.loud}>
          <Notice
            tone="stop"
            title={(kind === 'policy' ? say.policy : say).changedTitle}
            live="alert"
            actions={kind !== 'policy' && <Link to="/library/changes">{say.toStaged}</Link>}
          >
            {(kind === 'policy' ? say.policy : say).changedDetail}
          </Notice>
        </div>
      )}
      {(state === 'rejected' || state === 'withdrawn') && (
        <div className={own.loud}>
          <Notice tone="warn" title={say.ended[state]}>
            {closed && (
              <>
                <p className={styles.title}>{closed.reason}</p>
                <p>
                  {say.endedBy(nameOf(closed.by))} <Time at={closed.at} />
                </p>
              </>
            )}
          </Notice>
        </div>
      )}
      <div className={own.head}>
        <p className={styles.title}>
          <strong>{say.reason}:</strong> {reason}
        </p>
        <p>
          {say.kind[kind]}
          {kind === 'publish' && `: ${say.sign.about(proposal.documents, proposal.coming, proposal.leaving)}`}{' '}
          {kind === 'publish' && isOpen(proposal) && say.becomes(proposal.staged)}
        </p>
        {document !== null && version !== null && (
          <p>
            <Link to="/library/documents/$id" params={{ id: document }} search={{ version: String(version) }}>
              {say.document(version)}
            </Link>
          </p>
        )}
        {/* One that is new has no page before this is carried out. */}
        {corpus !== null && (policy?.from !== null || state === 'executed') && (
          <p>
            <Link to="/library/corpora/$corpus" params={{ corpus }}>
              {say.policy.toCorpus}
            </Link>
          </p>
        )}
        <p className={styles.note}>
          {say.hash}: <code className={styles.hash}>{record_hash}</code>
          <br />
          {say.hashDetail}
        </p>
      </div>
      {policy && (
        <section className={styles.section} aria-labelledby="policy">
          <h2 id="policy">{policy.from === null ? say.policy.newTitle : say.policy.title}</h2>
          <PolicyDifferences {...policy} />
        </section>
      )}
      <Steps proposal={proposal} headingRef={steps} />
      {isOpen(proposal) && (
        <Acts
          proposal={proposal}
          onDone={(words) => {
            setSaid(words);
            setActs((times) => times + 1);
          }}
        />
      )}
      <Signatures signatures={proposal.signatures} record_hash={record_hash} />
      {proposal.changes.length > 0 && (
        <section className={styles.section} aria-labelledby="changes">
          <h2 id="changes">{changes.title}</h2>
          <ChangeLists changes={proposal.changes} />
        </section>
      )}
    </>
  );
}
