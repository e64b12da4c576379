import { type ReactNode, useId } from 'react';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  /** The control, with what ties it to the label and the hint. */
  readonly children: (names: {
    readonly id: string;
    readonly 'aria-describedby': string | undefined;
  }) => ReactNode;
}

/** A control with its label, and below it what it takes. */
export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div data-field>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': hint ? `${id}-hint` : undefined })}
      {hint && (
        <div data-hint id={`${id}-hint`}>
          {hint}
        </div>
      )}
    </div>
  );
}
