import { Field } from '../parts/field.tsx';

interface EndFieldProps {
  readonly label: string;
  readonly timeZone: string;
  readonly end: string;
  readonly required?: boolean;
  readonly onEnd: (end: string) => void;
}

/** The day at whose end something ends. */
export function EndField({ label, timeZone, end, required = false, onEnd }: EndFieldProps) {
  return (
    <Field
      label={label}
      hint={`At the end of that day in ${timeZone}.${required ? '' : ' Empty: it does not end.'}`}
    >
      {(names) => (
        <input
          {...names}
          type="date"
          required={required}
          value={end}
          onChange={({ target }) => onEnd(target.value)}
        />
      )}
    </Field>
  );
}
