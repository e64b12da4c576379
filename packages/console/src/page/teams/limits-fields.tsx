import type { Limits } from '@org/contract';
import { useId } from 'react';
import { kindWords } from '../words.ts';
import { kinds, periods } from './limits-in-words.ts';
import type { TypedLimits } from './limits-typed.ts';

interface LimitsFieldsProps {
  readonly legend: string;
  readonly typed: TypedLimits;
  /** Those in force, as placeholders. */
  readonly inForce?: Limits | undefined;
  /** Whether calls at once are asked for too: they cannot be raised until a day. */
  readonly withCallsAtOnce: boolean;
  readonly onTyped: (typed: TypedLimits) => void;
}

/** A number for each kind and period. */
export function LimitsFields({ legend, typed, inForce, withCallsAtOnce, onTyped }: LimitsFieldsProps) {
  const id = useId();
  const field = (name: string, label: string, present: number | null | undefined, step: string) => (
    <input
      aria-label={label}
      type="number"
      min="0"
      step={step}
      inputMode="decimal"
      placeholder={present === undefined || present === null ? 'none' : String(present)}
      value={typed[name] ?? ''}
      onChange={({ target }) => onTyped({ ...typed, [name]: target.value })}
    />
  );
  return (
    <fieldset className="limits-fields">
      <legend>{legend}</legend>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it has to be reached by keyboard */}
      <section className="scrolls" aria-labelledby={id} tabIndex={0}>
        <table className="plain">
          <caption id={id} className="for-readers">
            {legend}
          </caption>
          <thead>
            <tr>
              <th scope="col">Per</th>
              {kinds.map((kind) => (
                <th key={kind} scope="col">
                  {kind === 'usd' ? 'US dollars' : capital(kindWords[kind])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {periods.map((period) => (
              <tr key={period}>
                <th scope="row">{capital(period)}</th>
                {kinds.map((kind) => (
                  <td key={kind}>
                    {field(
                      `${kind}/${period}`,
                      `${kind === 'usd' ? 'US dollars' : capital(kind)} per ${period}`,
                      inForce?.[kind]?.[period],
                      kind === 'usd' ? 'any' : '1',
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {withCallsAtOnce && (
        <div className="inline-field">
          <span aria-hidden="true">Calls at once</span>
          {field('callsAtOnce', 'Calls at once', inForce?.callsAtOnce, '1')}
        </div>
      )}
    </fieldset>
  );
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
