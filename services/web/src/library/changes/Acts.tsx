// What whoever reads a proposal may do with it now, as the server says; and why not, where two people are needed.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { Notice } from '../../parts/Notice';
import { useSession } from '../../session/useSession';
import { changes } from '../../strings/changes';
import { ActDialog } from '../ActDialog';
import { executeProposal, rejectProposal, withdrawProposal } from '../calls';
import styles from '../Desk.module.css';
import { libraryKey, proposalQuery } from '../queries';
import type { Proposal, ProposalAct } from '../types';
import { helpWith } from './help';
import { SignDialog } from './SignDialog';

const say = changes.proposal;
const order: readonly ProposalAct[] = ['review', 'approve', 'execute', 'reject', 'withdraw'];

interface ActsProps {
  proposal: Proposal;
  /** Told in words. */
  onDone: (words: string) => void;
}

export function Acts({ proposal, onDone }: ActsProps) {
  const client = useQueryClient();
  const { session, mayPublish } = useSession();
  const [doing, setDoing] = useState<ProposalAct | null>(null);
  const { may, kind, id } = proposal;
  const me = session?.account?.id;
  const isOwn = me === proposal.by.id;
  const needsOther = isOwn && mayPublish && !proposal.is_changed && !may.includes('approve') && !may.includes('execute');
  const hasReviewed = proposal.state === 'reviewed' && proposal.signatures.some(({ by }) => by.id === me);
  const needsThird = hasReviewed && !isOwn && mayPublish && !proposal.is_changed;

  const done = (changed: Proposal, words: string) => {
    client.setQueryData(proposalQuery(id).queryKey, changed);
    // Not this one again: it has just been read.
    void client.invalidateQueries({
      queryKey: libraryKey,
      predicate: ({ queryKey }) => queryKey[1] !== 'proposal' || queryKey[2] !== id,
    });
    setDoing(null);
    onDone(words);
  };
  const common = {
    onFailed: () => void client.invalidateQueries({ queryKey: libraryKey }),
    onClose: () => setDoing(null),
    helpOf: helpWith,
  };

  return (
    <section className={styles.section} aria-labelledby="acts">
      <h2 id="acts">{say.acts.title}</h2>
      {needsOther && <Notice>{say.own[kind]}</Notice>}
      {needsThird && <Notice>{say.reviewed}</Notice>}
      {!needsOther && !needsThird && may.length === 0 && <p>{say.notYours}</p>}
      {may.length > 0 && (
        <div className={styles.actions}>
          {order
            .filter((one) => may.includes(one))
            .map((one) => (
              <Button
                key={one}
                look={one === 'reject' || one === 'withdraw' ? 'danger' : 'primary'}
                onPress={() => setDoing(one)}
              >
                {one === 'execute' && kind !== 'publish' ? say.acts[kind] : say.acts[one]}
              </Button>
            ))}
        </div>
      )}
      {(doing === 'review' || doing === 'approve') && (
        <SignDialog
          proposal={proposal}
          meaning={doing}
          onDone={(changed) => done(changed, say.sign.done[doing])}
          {...common}
        />
      )}
      {doing === 'execute' && (
        <ActDialog
          title={say.execute.title[kind]}
          act={say.execute.act[kind]}
          acting={say.execute.acting[kind]}
          failed={say.execute.failed[kind]}
          send={() => executeProposal(id)}
          onDone={(changed) => done(changed, say.execute.done[kind])}
          {...common}
        >
          <p>{effectOf(proposal)}</p>
        </ActDialog>
      )}
      {(doing === 'reject' || doing === 'withdraw') && (
        <ActDialog
          title={say[doing].title}
          reason={{ label: say.reason, missing: say[doing].missing }}
          act={say[doing].act}
          acting={say[doing].acting}
          failed={say[doing].failed}
          isDanger
          send={({ reason }) => (doing === 'reject' ? rejectProposal : withdrawProposal)(id, reason)}
          onDone={(changed) => done(changed, say[doing].done)}
          {...common}
        >
          <p>{say[doing].detail[kind]}</p>
        </ActDialog>
      )}
    </section>
  );
}

function effectOf({ kind, documents, staged, policy }: Proposal): string {
  if (kind === 'publish') return say.execute.publish(documents, staged);
  return kind === 'restore' ? say.execute.restore : say.execute.policy(policy?.from === null);
}
