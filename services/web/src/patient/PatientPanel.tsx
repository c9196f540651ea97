// The button that shows what is known of the patient, and the form behind it.
import { useState } from 'react';
import { Button } from '../parts/Button';
import { IconButton } from '../parts/IconButton';
import { CloseIcon, PatientIcon } from '../parts/icons';
import { patient as say } from '../strings/patient';
import { isEmpty, summary, type PatientContext } from './patient';
import { PatientDialog } from './PatientDialog';
import styles from './PatientPanel.module.css';

interface PatientPanelProps {
  value: PatientContext | null;
  onChange: (value: PatientContext | null) => void;
}

export function PatientPanel({ value, onChange }: PatientPanelProps) {
  const [isOpen, setOpen] = useState(false);
  const known = value !== null && !isEmpty(value) ? value : null;
  return (
    <span className={styles.panel}>
      <Button look="quiet" size="s" icon={<PatientIcon />} onPress={() => setOpen(true)}>
        {known === null ? say.button.empty : say.button.filled(summary(known))}
      </Button>
      {known !== null && (
        <IconButton label={say.button.clear} icon={<CloseIcon size={16} />} onPress={() => onChange(null)} />
      )}
      <PatientDialog
        value={value}
        isOpen={isOpen}
        onOpenChange={setOpen}
        onUse={(patient) => {
          onChange(isEmpty(patient) ? null : patient);
          setOpen(false);
        }}
      />
    </span>
  );
}
