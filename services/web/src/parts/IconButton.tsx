// A button with an icon alone; its label is read aloud and shown on hover.
import type { ReactNode } from 'react';
import { Button, type ButtonProps } from 'react-aria-components';
import { Hint } from './Hint';
import styles from './IconButton.module.css';

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'className' | 'style' | 'aria-label'> {
  label: string;
  icon: ReactNode;
}

export function IconButton({ label, icon, ...rest }: IconButtonProps) {
  return (
    <Hint text={label} isName>
      <Button {...rest} aria-label={label} className={styles.button ?? ''}>
        {icon}
      </Button>
    </Hint>
  );
}
