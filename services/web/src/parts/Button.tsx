// A button with words.
import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import styles from './Button.module.css';

export interface ButtonProps extends Omit<AriaButtonProps, 'children' | 'className' | 'style'> {
  children: ReactNode;
  icon?: ReactNode;
  look?: 'plain' | 'primary' | 'quiet' | 'danger' | 'link';
  size?: 'm' | 's';
}

export function Button({ children, icon, look = 'plain', size = 'm', ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={[styles.button, styles[look], styles[size]].filter(Boolean).join(' ')}>
      {icon}
      <span>{children}</span>
    </AriaButton>
  );
}
