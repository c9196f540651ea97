// Proposing that what is staged is published.
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { useSession } from '../../session/useSession';
import { changes } from '../../strings/changes';
import { ActDialog } from '../ActDialog';
import { propose } from '../calls';
import styles from '../Desk.module.css';
import { libraryKey, proposalQuery } from '../queries';
import type { Staged } from '../types';

const say = changes.propose;

export function Propose({ staged }: { staged: Staged }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mayCurate } = useSession();
  const [isAsking, setAsking] = useState(false);
  if (staged.proposal !== null) {
    return (
      <p className={styles.actions}>
        <span>{say.already}</span>
        <Link to="/library/changes/$id" params={{ id: staged.proposal }}>
          {say.toOpen}
        </Link>
      </p>
    );
  }
  if (staged.changes.length === 0) return null;
  if (!mayCurate) return <p className={styles.note}>{say.mayNot}</p>;
  return (
    <div className={styles.actions}>
      <Button look="primary" onPress={() => setAsking(true)}>
        {say.open}
      </Button>
      {isAsking && (
        <ActDialog
          title={say.title}
          reason={{ label: say.reason, missing: say.missing }}
          act={say.act}
          acting={say.acting}
          failed={say.failed}
          send={({ reason }) => propose({ kind: 'publish', reason })}
          onDone={(proposal) => {
            setAsking(false);
            client.setQueryData(proposalQuery(proposal.id).queryKey, proposal);
            void client.invalidateQueries({ queryKey: libraryKey, refetchType: 'none' });
            void navigate({ to: '/library/changes/$id', params: { id: proposal.id } });
          }}
          // Somebody else may have proposed it, or taken it back.
          onFailed={() => void client.invalidateQueries({ queryKey: libraryKey })}
          onClose={() => setAsking(false)}
        >
          <p>{say.detail}</p>
          <p className={styles.note}>{say.toGolden}</p>
        </ActDialog>
      )}
    </div>
  );
}
