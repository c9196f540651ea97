// A question without an answer: stopped, refused, busy or cut off. The question is kept.
import { useState } from 'react';
import { Lost, Refused } from '../api/problem';
import { Button } from '../parts/Button';
import { RetryIcon } from '../parts/icons';
import { Notice } from '../parts/Notice';
import { ProblemNotice } from '../parts/ProblemNotice';
import { useCountdown } from '../parts/useCountdown';
import { conversation as words } from '../strings';
import type { Asked } from './desk';

interface UnansweredProps {
  asked: Asked;
  onEdit: (asked: Asked) => void;
  onAgain: (asked: Asked) => void;
}

export function Unanswered({ asked, onEdit, onAgain }: UnansweredProps) {
  const { state, error } = asked;
  const [since] = useState(() => Date.now());
  const wait = useCountdown(error instanceof Refused && error.isBusy ? (error.retryAfter ?? 0) : 0, since);
  const actions = (
    <>
      <Button
        size="s"
        icon={<RetryIcon size={16} />}
        isDisabled={wait > 0}
        onPress={() => {
          onAgain(asked);
        }}
      >
        {words.again}
      </Button>
      <Button
        size="s"
        look="quiet"
        onPress={() => {
          onEdit(asked);
        }}
      >
        {words.edit}
      </Button>
    </>
  );
  if (state === 'stopped') {
    return (
      <Notice title={words.stoppedTitle} actions={actions}>
        {words.stopped}
      </Notice>
    );
  }
  if (error instanceof Lost) {
    return (
      <Notice tone="stop" title={words.lostTitle} live="alert" actions={actions}>
        {words.lost}
      </Notice>
    );
  }
  const isBusy = error instanceof Refused && error.isBusy;
  return (
    <ProblemNotice
      error={error}
      title={isBusy ? words.busyTitle : words.failed}
      ticker={wait > 0 ? words.busyIn(wait) : null}
      actions={actions}
    />
  );
}
