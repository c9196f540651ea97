// A button that opens a small panel at its side.
import type { ReactNode } from 'react';
import { Dialog, DialogTrigger, Popover as AriaPopover, type PopoverProps } from 'react-aria-components';
import styles from './Popover.module.css';

interface Props {
  /** A Button or IconButton. */
  trigger: ReactNode;
  /** What the panel is, read aloud when it opens. */
  label: string;
  children: ReactNode;
  placement?: NonNullable<PopoverProps['placement']>;
  /** Where something else than the trigger opens it, too. */
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
}

export function Popover({ trigger, label, children, placement = 'bottom start', ...opened }: Props) {
  return (
    <DialogTrigger {...opened}>
      {trigger}
      <AriaPopover className={styles.popover ?? ''} placement={placement} offset={4}>
        <Dialog aria-label={label} className={styles.panel ?? ''}>
          {children}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  );
}
