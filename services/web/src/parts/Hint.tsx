// Words that appear when something is hovered or focused, and are read aloud with it.
import type { ReactNode } from 'react';
import { OverlayArrow, Tooltip, TooltipTrigger } from 'react-aria-components';
import styles from './Hint.module.css';

interface HintProps {
  /** One focusable part of react-aria-components. */
  children: ReactNode;
  text: ReactNode;
  /** A paper card for a longer text, as against a short label. */
  isCard?: boolean;
  /** The text is already the name of what it stands at. */
  isName?: boolean;
}

export function Hint({ children, text, isCard = false, isName = false }: HintProps) {
  return (
    <TooltipTrigger delay={isCard ? 250 : 600} closeDelay={isCard ? 150 : 0}>
      {children}
      <Tooltip
        className={isCard ? (styles.card ?? '') : (styles.label ?? '')}
        offset={isCard ? 8 : 4}
        placement={isCard ? 'bottom' : 'top'}
        {...(isName ? { 'aria-hidden': true } : {})}
      >
        {isCard && (
          <OverlayArrow className={styles.arrow ?? ''}>
            <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
              <path d="M0 0 6 6 12 0" />
            </svg>
          </OverlayArrow>
        )}
        {text}
      </Tooltip>
    </TooltipTrigger>
  );
}
