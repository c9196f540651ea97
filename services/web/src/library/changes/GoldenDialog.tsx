// Writing the golden questions, one a line.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Field } from '../../parts/Field';
import { changes } from '../../strings/changes';
import { ActDialog } from '../ActDialog';
import { putGolden } from '../calls';
import { goldenQuery } from '../queries';
import { faultOf, questionsIn, textOf } from './golden';

const say = changes.golden.dialog;

interface GoldenDialogProps {
  questions: readonly string[];
  /** How many there are now. */
  onDone: (saved: number) => void;
  onClose: () => void;
}

export function GoldenDialog({ questions, onDone, onClose }: GoldenDialogProps) {
  const client = useQueryClient();
  const [text, setText] = useState(() => textOf(questions));
  const [error, setError] = useState<string | null>(null);
  const check = () => {
    const fault = faultOf(questionsIn(text));
    if (fault === null) setError(null);
    else setError(fault.is === 'too_many' ? say.tooMany : say.tooLong(fault.line));
    return fault === null;
  };
  return (
    <ActDialog
      title={say.title}
      more={
        <Field
          label={say.label}
          description={say.detail}
          value={text}
          onChange={setText}
          rows={14}
          autoFocus
          error={error === null ? null : <span role="alert">{error}</span>}
        />
      }
      check={check}
      act={say.act}
      acting={say.acting}
      failed={say.failed}
      send={() => putGolden(questionsIn(text))}
      onDone={(golden) => {
        client.setQueryData(goldenQuery.queryKey, golden);
        onDone(golden.questions.length);
      }}
      onClose={onClose}
    />
  );
}
