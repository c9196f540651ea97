// A dialog over the page. Escape and the close button leave it; focus returns to where it was.
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { parts as words } from '../strings';
import { IconButton } from './IconButton';
import { CloseIcon } from './icons';
import styles from './Dialog.module.css';

interface DialogProps {
  title: ReactNode;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
  /** Buttons below, the one that acts last. */
  foot?: ReactNode;
  /** `side` comes in from the left; `full` covers the page on narrow screens. */
  size?: 's' | 'm' | 'l' | 'side' | 'full';
  /** A question that must be answered: a click outside does not leave it. */
  isAlert?: boolean;
}

export function Dialog({ title, isOpen, onOpenChange, children, foot, size = 'm', isAlert = false }: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      isDismissable={!isAlert}
      className={`${styles.overlay} ${size === 'side' || size === 'full' ? styles[`${size}Overlay`] : ''}`}
    >
      <Modal className={`${styles.modal} ${styles[size]}`}>
        <AriaDialog role={isAlert ? 'alertdialog' : 'dialog'} className={styles.dialog ?? ''}>
          <div className={styles.head}>
            <Heading slot="title" className={styles.title ?? ''}>
              {title}
            </Heading>
            <IconButton
              label={words.close}
              icon={<CloseIcon />}
              onPress={() => {
                onOpenChange(false);
              }}
            />
          </div>
          <div className={styles.body}>{children}</div>
          {foot && <div className={styles.foot}>{foot}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
