// Asks before a conversation is deleted, and says what stays.
import type { ConversationHead } from '../api/types';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { ProblemNotice } from '../parts/ProblemNotice';
import { history as say } from '../strings/history';
import { titleOf } from './history';
import styles from './HistoryRail.module.css';
import { useRemove } from './useConversations';

interface DeleteDialogProps {
  conversation: ConversationHead;
  onClose: () => void;
  onDone: () => void;
}

export function DeleteDialog({ conversation, onClose, onDone }: DeleteDialogProps) {
  const remove = useRemove();
  return (
    <Dialog
      title={say.removeTitle}
      size="s"
      isAlert
      isOpen
      onOpenChange={onClose}
      foot={
        <>
          <Button autoFocus onPress={onClose}>
            {say.cancel}
          </Button>
          <Button
            look="danger"
            onPress={() => {
              if (!remove.isPending) remove.mutate(conversation.id, { onSuccess: onDone });
            }}
          >
            {say.removeConfirm}
          </Button>
        </>
      }
    >
      <div className={styles.dialog}>
        <p>{say.removeText(titleOf(conversation))}</p>
        <p>{say.removeRecord}</p>
        {remove.isError && <ProblemNotice error={remove.error} />}
      </div>
    </Dialog>
  );
}
