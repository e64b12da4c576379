import { Field } from './field.tsx';

interface NameFieldProps {
  readonly hint: string;
  readonly name: string;
  readonly onName: (name: string) => void;
}

/** The name of something new. */
export function NameField({ hint, name, onName }: NameFieldProps) {
  return (
    <Field label="Name" hint={hint}>
      {(names) => (
        <input
          {...names}
          required
          autoComplete="off"
          value={name}
          onChange={({ target }) => onName(target.value)}
        />
      )}
    </Field>
  );
}
