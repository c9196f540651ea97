// A text to be copied exactly as it stands: keys, checkpoints, commands.
import { useEffect } from 'react';
import { useCopy } from '../answer/useCopy';
import { parts as words } from '../strings';
import { Button } from './Button';
import styles from './Copyable.module.css';
import { CopyIcon } from './icons';

interface CopyableProps {
  /** What it is, as the button's name goes on. */
  label: string;
  text: string;
  /** Called when it is on the clipboard. */
  onCopied?: () => void;
}

export function Copyable({ label, text, onCopied }: CopyableProps) {
  const { state, copy } = useCopy();
  useEffect(() => {
    if (state === 'copied') onCopied?.();
  }, [state, onCopied]);
  return (
    <div className={styles.box}>
      <pre className={styles.text}>{text}</pre>
      <div className={styles.tools} data-no-print>
        <Button
          size="s"
          icon={<CopyIcon size={14} />}
          aria-label={words.copyThis(label)}
          onPress={() => {
            copy(text);
          }}
        >
          {words.copy}
        </Button>
        <span role="status" className={styles.said}>
          {state === 'copied' && words.copied}
          {state === 'failed' && words.copyFailed}
        </span>
      </div>
    </div>
  );
}
