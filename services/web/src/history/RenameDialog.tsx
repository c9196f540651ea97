// Giving a conversation another name.
import { useId, useState, type SubmitEvent } from 'react';
import type { ConversationHead } from '../api/types';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { ProblemNotice } from '../parts/ProblemNotice';
import { history as say } from '../strings/history';
import styles from './HistoryRail.module.css';
import { useRename } from './useConversations';

interface RenameDialogProps {
  conversation: ConversationHead;
  onClose: () => void;
  onDone: () => void;
}

/** As long as the server takes. */
const MAX_TITLE = 200;

export function RenameDialog({ conversation, onClose, onDone }: RenameDialogProps) {
  const form = useId();
  const rename = useRename();
  const [title, setTitle] = useState(conversation.title ?? '');
  const [error, setError] = useState<string | null>(null);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const name = title.trim();
    setError(name === '' ? say.nameEmpty : null);
    if (name !== '' && !rename.isPending) rename.mutate({ id: conversation.id, title: name }, { onSuccess: onDone });
  };

  return (
    <Dialog
      title={say.renameTitle}
      size="s"
      isOpen
      onOpenChange={onClose}
      foot={
        <>
          <Button onPress={onClose}>{say.cancel}</Button>
          <Button look="primary" type="submit" form={form}>
            {say.save}
          </Button>
        </>
      }
    >
      <form id={form} className={styles.dialog} onSubmit={submit} autoComplete="off" noValidate>
        <Field label={say.name} value={title} onChange={setTitle} maxLength={MAX_TITLE} autoFocus error={error} />
        {rename.isError && <ProblemNotice error={rename.error} />}
      </form>
    </Dialog>
  );
}
