// Somebody has looked at a document that was overdue: what was found, and when it is due again.
import { useState } from 'react';
import { Field } from '../../parts/Field';
import { queue } from '../../strings/queue';
import { ActDialog } from '../ActDialog';
import { recordInspection } from '../calls';
import type { Item } from './queue';

const say = queue.settle;

interface LookedDialogProps {
  item: Item;
  onDone: () => void;
  onClose: () => void;
}

export function LookedDialog({ item, onDone, onClose }: LookedDialogProps) {
  const [next, setNext] = useState('');
  const [error, setError] = useState<string | null>(null);
  const isPast = () => next !== '' && next <= new Date().toISOString().slice(0, 10);
  return (
    <ActDialog
      title={say.lookedTitle(item.title)}
      reason={{ label: say.note, missing: say.missing, rows: 1 }}
      more={
        <Field
          type="date"
          label={say.next}
          description={say.nextDetail}
          value={next}
          onChange={setNext}
          error={error === null ? null : <span role="alert">{error}</span>}
        />
      }
      check={() => {
        setError(isPast() ? say.past : null);
        return !isPast();
      }}
      act={say.lookedAct}
      acting={say.lookedActing}
      failed={say.lookedFailed}
      send={({ reason }) =>
        recordInspection(item.document, item.version, { note: reason, next: next === '' ? null : next })
      }
      onDone={onDone}
      onClose={onClose}
    >
      <p>{queue.detail.lookedMeans}</p>
    </ActDialog>
  );
}
