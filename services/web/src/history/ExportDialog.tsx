// Takes a whole conversation out of these pages, with the references of every answer.
import { useQuery } from '@tanstack/react-query';
import { conversationQuery } from '../api/keys';
import type { Answer, ConversationHead } from '../api/types';
import { useExport } from '../export/useExport';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/Dialog';
import { CopyIcon, ExportIcon, PrintIcon } from '../parts/icons';
import { ProblemNotice } from '../parts/ProblemNotice';
import { Skeleton } from '../parts/Skeleton';
import { exporting } from '../strings/export';
import { history as say } from '../strings/history';
import { titleOf } from './history';
import styles from './HistoryRail.module.css';

export function ExportDialog({ conversation, onClose }: { conversation: ConversationHead; onClose: () => void }) {
  const whole = useQuery(conversationQuery(conversation.id));
  return (
    <Dialog title={say.exportTitle} size="s" isOpen onOpenChange={onClose}>
      <div className={styles.dialog}>
        <p className={styles.named}>{titleOf(conversation)}</p>
        {whole.isPending && <Skeleton lines={2} />}
        {whole.isError && <ProblemNotice title={say.exportFailed} error={whole.error} />}
        {whole.isSuccess &&
          (whole.data.answers.length === 0 ? (
            <p>{say.exportEmpty}</p>
          ) : (
            <Actions answers={whole.data.answers} title={titleOf(conversation)} />
          ))}
      </div>
    </Dialog>
  );
}

function Actions({ answers, title }: { answers: Answer[]; title: string }) {
  const { copy, print, saveMarkdown, saveJson, said, sheet } = useExport(answers, title);
  return (
    <>
      <div className={styles.actions}>
        <Button icon={<CopyIcon />} onPress={copy}>
          {exporting.menu.copy}
        </Button>
        <Button icon={<PrintIcon />} onPress={print}>
          {exporting.menu.print}
        </Button>
        <Button icon={<ExportIcon />} onPress={saveMarkdown}>
          {exporting.menu.markdown}
        </Button>
        <Button icon={<ExportIcon />} onPress={saveJson}>
          {exporting.menu.json}
        </Button>
      </div>
      <p role="status" className={styles.told}>
        {said}
      </p>
      {sheet}
    </>
  );
}
