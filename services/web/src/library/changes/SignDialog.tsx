// Signing a review or an approval: what it means, and exactly what is signed.
import type { ReactNode } from 'react';
import { changes } from '../../strings/changes';
import { useSession } from '../../session/useSession';
import { personOf } from '../../session/roles';
import { ActDialog } from '../ActDialog';
import { approveProposal, reviewProposal } from '../calls';
import { PolicyDifferences } from '../corpora/PolicyDifferences';
import styles from '../Desk.module.css';
import type { Proposal } from '../types';
import own from './Changes.module.css';

const say = changes.proposal.sign;

interface SignDialogProps {
  proposal: Proposal;
  meaning: 'review' | 'approve';
  onDone: (proposal: Proposal) => void;
  onFailed: () => void;
  helpOf: (error: unknown) => ReactNode;
  onClose: () => void;
}

export function SignDialog({ proposal, meaning, ...others }: SignDialogProps) {
  const { session } = useSession();
  const provider = session?.sign_in.provider ?? null;
  const { id, kind, record_hash, documents, coming, leaving, policy } = proposal;
  const sign = meaning === 'review' ? reviewProposal : approveProposal;
  return (
    <ActDialog
      title={say.titles[meaning]}
      password={{
        mayBeEmpty: provider !== null,
        hint: provider !== null && <p className={styles.note}>{say.provider(provider)}</p>,
      }}
      act={say.act}
      acting={say.acting}
      failed={say.failed}
      send={({ password }) => sign(id, { record_hash, password })}
      {...others}
    >
      <p>{say.says}</p>
      <p className={own.statementOf}>{changes.proposal.signatures.meanings[meaning]}</p>
      {/* What a restoration brings back is not counted. */}
      <p>{kind === 'publish' ? say.about(documents, coming, leaving) : changes.proposal.kind[kind]}</p>
      {policy && <PolicyDifferences {...policy} />}
      <p>
        {say.hash}:<br />
        <code className={styles.hash}>{record_hash}</code>
      </p>
      <p className={styles.note}>{say.lasting}</p>
      {session && <p>{say.as(personOf(session))}</p>}
    </ActDialog>
  );
}
