import { AxisBottom, AxisLeft } from '@visx/axis';
import { scaleBand, scaleLinear } from '@visx/scale';
import { BarStack } from '@visx/shape';
import { type KeyboardEvent, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Scrolls } from '../parts/scrolls.tsx';
import { count, day as dayText, money, shortMoney } from '../words.ts';
import type { StackedDay, Stacks } from './stacks.ts';

const height = 260;
const margin = { top: 12, right: 4, bottom: 28, left: 52 };

/**
 * Spend by day and team. It can be read with the arrow keys, day by day, as a slider; its numbers are a table too. A name
 * of the legend brings out that team.
 */
export function SpendChart({ stacks, month }: { readonly stacks: Stacks; readonly month: string }) {
  const { ref, width } = useWidth();
  const [chosenDay, setChosenDay] = useState<number | undefined>();
  const [chosenName, setChosenName] = useState<string | undefined>();
  const hint = useId();
  const { days, names, highest } = stacks;
  const last = days.length - 1;
  const shown = chosenDay === undefined ? undefined : days[Math.min(chosenDay, last)];

  const onKeyDown = (event: KeyboardEvent) => {
    const at = chosenDay ?? last;
    const next = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      Home: 0,
      End: last,
    }[event.key];
    if (event.key === 'Escape') setChosenDay(undefined);
    if (next === undefined) return;
    event.preventDefault();
    setChosenDay(Math.max(0, Math.min(last, next)));
  };

  return (
    <div className="chart">
      <div className="chart-area" ref={ref}>
        <div
          role="slider"
          tabIndex={0}
          aria-label={`Spend by day, ${month}`}
          aria-describedby={hint}
          aria-valuemin={1}
          aria-valuemax={Math.max(1, days.length)}
          aria-valuenow={(chosenDay ?? last) + 1}
          aria-valuetext={dayInWords(days[chosenDay ?? last], names)}
          onKeyDown={onKeyDown}
          onFocus={() => setChosenDay((before) => before ?? last)}
          onBlur={() => setChosenDay(undefined)}
          onPointerLeave={() => setChosenDay(undefined)}
        >
          <Bars {...{ stacks, width, chosenDay, chosenName }} onDay={setChosenDay} />
        </div>
        <span id={hint} className="for-readers">
          The arrow keys go from day to day.
        </span>
        {shown && (
          <DayCard
            day={shown}
            names={names}
            left={placeOf(stacks.month.indexOf(shown.day), stacks.month.length, width)}
          />
        )}
        {highest === 0 && <p className="chart-empty">No spend in this month yet</p>}
      </div>
      <ul className="legend" aria-label="Teams">
        {names.map((name, index) => (
          <li key={name}>
            <button
              type="button"
              className="ghost small"
              aria-pressed={name === chosenName}
              onClick={() => setChosenName(name === chosenName ? undefined : name)}
            >
              <span className="swatch" data-series={seriesOf(index)} />
              {name}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

interface BarsProps {
  readonly stacks: Stacks;
  readonly width: number;
  readonly chosenDay: number | undefined;
  readonly chosenName: string | undefined;
  readonly onDay: (index: number) => void;
}

function Bars({ stacks: { month, days, names, highest }, width, chosenDay, chosenName, onDay }: BarsProps) {
  const inner = {
    width: Math.max(10, width - margin.left - margin.right),
    height: height - margin.top - margin.bottom,
  };
  const x = useMemo(
    () => scaleBand({ domain: [...month], range: [0, inner.width], padding: 0.28 }),
    [month, inner.width],
  );
  const y = useMemo(
    () => scaleLinear({ domain: [0, highest === 0 ? 1 : highest], range: [inner.height, 0], nice: 4 }),
    [highest, inner.height],
  );
  const keys = names.map((_, index) => index);
  // As many days as have room for their numbers.
  const every = Math.max(1, Math.ceil((month.length * 26) / inner.width));
  return (
    <svg width={width} height={height} aria-hidden="true">
      <g transform={`translate(${margin.left},${margin.top})`}>
        {y.ticks(4).map((tick) => (
          <line key={tick} className="grid" x1={0} x2={inner.width} y1={y(tick)} y2={y(tick)} />
        ))}
        <BarStack
          data={days as StackedDay[]}
          keys={keys}
          x={({ day }) => day}
          value={({ pieces }, key) => pieces[key] ?? 0}
          xScale={x}
          yScale={y}
          color={() => ''}
        >
          {(stacks) =>
            stacks.flatMap(({ key, bars }) =>
              bars
                .filter((bar) => bar.height > 0)
                .map((bar) => (
                  <rect
                    key={`${key}-${bar.index}`}
                    className="piece"
                    data-series={seriesOf(key)}
                    data-dim={chosenName !== undefined && names[key] !== chosenName}
                    x={bar.x}
                    // A line of the background between the pieces.
                    y={bar.y}
                    height={Math.max(0.5, bar.height - (bar.height > 3 ? 1 : 0))}
                    width={bar.width}
                    rx={Math.min(2, bar.width / 4)}
                  />
                )),
            )
          }
        </BarStack>
        {days.map(({ day }, index) => (
          <rect
            key={day}
            className="day"
            data-chosen={index === chosenDay}
            x={(x(day) ?? 0) - (x.step() - x.bandwidth()) / 2}
            y={0}
            width={x.step()}
            height={inner.height}
            onPointerEnter={() => onDay(index)}
            onPointerDown={() => onDay(index)}
          />
        ))}
        <AxisLeft
          scale={y}
          numTicks={4}
          hideAxisLine
          hideTicks
          tickFormat={(value) => shortMoney(Number(value))}
          tickLabelProps={{ className: 'tick', textAnchor: 'end', dx: -6, dy: '0.32em' }}
        />
        <AxisBottom
          top={inner.height}
          scale={x}
          hideTicks
          axisLineClassName="axis-line"
          tickValues={month.filter((_, index) => index % every === 0)}
          tickFormat={(day) => count(Number(day.slice(8)))}
          tickLabelProps={{ className: 'tick', textAnchor: 'middle', dy: '0.4em' }}
        />
      </g>
    </svg>
  );
}

/** The numbers of a day, beside its bar. */
function DayCard({
  day,
  names,
  left,
}: {
  readonly day: StackedDay;
  readonly names: readonly string[];
  readonly left: number;
}) {
  const pieces = names
    .map((name, index) => ({ name, index, usd: day.pieces[index] ?? 0 }))
    .filter(({ usd }) => usd > 0)
    .toReversed();
  return (
    <div
      className="day-card"
      aria-hidden="true"
      data-side={left > 0.5 ? 'left' : 'right'}
      style={{ insetInlineStart: `${left * 100}%` }}
    >
      <p>
        <strong>{dayText(day.day, 'full')}</strong>
      </p>
      <ul>
        {pieces.map(({ name, index, usd }) => (
          <li key={name}>
            <span className="swatch" data-series={seriesOf(index)} />
            <span>{name}</span>
            <span className="figures">{money(usd)}</span>
          </li>
        ))}
      </ul>
      <p className="day-total">
        <span>Together</span>
        <span className="figures">{money(day.total)}</span>
      </p>
    </div>
  );
}

/** A day's place in the width of the chart, from 0 to 1. */
function placeOf(index: number, days: number, width: number): number {
  const inner = Math.max(10, width - margin.left - margin.right);
  return width === 0 ? 0 : (margin.left + ((index + 0.5) / Math.max(1, days)) * inner) / width;
}

/** The colour of a piece. There are eight, and one more for all others. */
function seriesOf(index: number): string {
  return String(Math.min(index, 8));
}

function dayInWords(day: StackedDay | undefined, names: readonly string[]): string {
  if (!day) return 'No days';
  const pieces = names.flatMap((name, index) => {
    const usd = day.pieces[index] ?? 0;
    return usd > 0 ? [`${name} ${money(usd)}`] : [];
  });
  return [`${dayText(day.day, 'full')}: ${money(day.total)}`, ...pieces].join(', ');
}

function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    setWidth(area.clientWidth);
    const observer = new ResizeObserver(() => setWidth(area.clientWidth));
    observer.observe(area);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

/** The numbers of the chart. */
export function SpendTable({ stacks: { days, names } }: { readonly stacks: Stacks }) {
  return (
    <Scrolls label="Spend by day and team, as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">Day</th>
            {names.map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
            <th scope="col" className="number">
              Together
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, pieces, total }) => (
            <tr key={day}>
              <th scope="row">{dayText(day)}</th>
              {names.map((name, index) => (
                <td key={name} className="number">
                  {money(pieces[index] ?? 0)}
                </td>
              ))}
              <td className="number">{money(total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolls>
  );
}
