import type { ReactNode } from 'react';

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly children?: ReactNode;
}

/** One number that matters, and below it what it stands against. */
export function Figure({ name, value, children }: FigureProps) {
  return (
    <div className="card figure">
      <dt>{name}</dt>
      <dd>
        <span className="value">{value}</span>
        <span className="quiet">{children}</span>
      </dd>
    </div>
  );
}
