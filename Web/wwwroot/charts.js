// Draws charts of metrics as SVG, says what is under the pointer, and asks for newer numbers while somebody can see them.
const svg = 'http://www.w3.org/2000/svg';
const left = 58, right = 10, top = 12, bottom = 24, height = 190;

const shape = (name, attributes, parent) => {
  const made = document.createElementNS(svg, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  parent?.append(made);
  return made;
};

const number = (value, digits) => value.toLocaleString(undefined, { maximumFractionDigits: digits });
const bytes = value => {
  let power = 0;
  for (; Math.abs(value) >= 1024 && power < 4; power++) {
    value /= 1024;
  }
  return `${number(value, value < 10 && power > 0 ? 1 : 0)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
};
export const words = (unit, value) => {
  switch (unit) {
    case 'cores': return number(value, value < 0.1 ? 3 : 2);
    case 'bytes': return bytes(value);
    case 'bytesPerSecond': return `${bytes(value)}/s`;
    default: return number(value, 0);
  }
};

// The end of the axis: a round number at or above the highest value, with the marks in between.
const scale = (unit, highest) => {
  const base = unit.startsWith('bytes') ? 1024 : 10;
  const least = unit === 'count' ? 2 : unit === 'cores' ? 0.01 : 1024;
  const wanted = Math.max(highest, least);
  const power = base ** Math.floor(Math.log(wanted) / Math.log(base) + 1e-9);
  const steps = base === 10 ? [1, 2, 4, 5, 8, 10] : [1, 2, 4, 8, 16, 32, 64, 128, 192, 256, 384, 512, 768, 1024];
  const end = power * steps.find(s => power * s >= wanted * 0.9999);
  const parts = unit === 'count' && end < 4 ? end : 4;
  return { end, ticks: Array.from({ length: parts + 1 }, (_, i) => end * i / parts) };
};

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** A chart in a box; draw takes what ChartData of the portal is. */
export function chart(box, tip) {
  let data, pointer = -1, cursor, dots = [], x, y;

  const draw = () => {
    const width = box.clientWidth;
    box.querySelector('svg')?.remove();
    if (!data || width < 80) {
      return;
    }

    const picture = shape('svg', { width, height, viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
    const points = data.points, span = (points - 1) * data.step;
    const highest = Math.max(0, data.limitShown ? Math.max(...data.limit.filter(v => v !== null)) : 0, ...data.series.flatMap(s => s.values.map(v => v ?? 0)));
    const { end, ticks } = scale(data.unit, highest);
    x = at => left + (at - data.from) / span * (width - left - right);
    y = value => height - bottom - value / end * (height - top - bottom);

    for (const tick of ticks) {
      shape('line', { x1: left, x2: width - right, y1: y(tick), y2: y(tick), class: 'rule' }, picture);
      shape('text', { x: left - 8, y: y(tick) + 4, class: 'scale', 'text-anchor': 'end' }, picture).textContent = words(data.unit, tick);
    }
    const labels = Math.max(2, Math.min(6, Math.floor(width / 130)));
    for (let i = 0; i <= labels; i++) {
      const at = new Date(data.from + span * i / labels);
      const text = shape('text', { x: x(+at), y: height - 6, class: 'scale', 'text-anchor': i === 0 ? 'start' : i === labels ? 'end' : 'middle' }, picture);
      text.textContent = span > 36 * 3600e3 ? day.format(at) : clock.format(at);
    }

    for (const mark of data.marks) {
      const at = x(mark.at);
      shape('line', { x1: at, x2: at, y1: top, y2: height - bottom, class: `mark ${mark.kind}` }, picture);
      shape('path', { d: mark.kind === 'release' ? `M${at} ${top - 8}l5 5l-5 5l-5 -5z` : `M${at} ${top - 8}l6 10h-12z`, class: `sign ${mark.kind}` }, picture);
    }

    const line = (values, style) => {
      let path = '', on = false;
      values.forEach((value, i) => {
        if (value !== null) {
          const px = x(data.from + i * data.step).toFixed(1), py = y(Math.min(value, end)).toFixed(1);
          path += `${on ? 'L' : 'M'}${px} ${py}`;
          // A lonely point would not be seen.
          if (!on && (values[i + 1] ?? null) === null) {
            path += 'h.01';
          }
        }
        on = value !== null;
      });
      shape('path', { d: path, class: style }, picture);
    };
    if (data.limitShown) {
      line(data.limit, 'limit');
    }
    [...data.series].reverse().forEach(s => line(s.values, `line c${s.color}`));

    cursor = shape('line', { y1: top, y2: height - bottom, class: 'cursor', visibility: 'hidden' }, picture);
    dots = data.series.map(s => shape('circle', { r: 3.5, class: `dot c${s.color}`, visibility: 'hidden' }, picture));
    box.prepend(picture);
    point(pointer);
  };

  const point = index => {
    pointer = index;
    const shown = data && index >= 0 && index < data.points && cursor;
    cursor?.setAttribute('visibility', shown ? 'visible' : 'hidden');
    dots.forEach(d => d.setAttribute('visibility', 'hidden'));
    tip.hidden = !shown;
    if (!shown) {
      return;
    }

    const at = data.from + index * data.step, px = x(at);
    cursor.setAttribute('x1', px);
    cursor.setAttribute('x2', px);
    tip.replaceChildren();
    const add = (style, ...texts) => {
      const row = document.createElement('p');
      row.className = style;
      row.append(...texts.map((t, i) => Object.assign(document.createElement(i ? 'b' : 'span'), { textContent: t })));
      tip.append(row);
    };
    add('when', full.format(at));
    data.series.forEach((s, i) => {
      const value = s.values[index];
      if (value !== null && value !== undefined) {
        dots[i].setAttribute('cx', px);
        dots[i].setAttribute('cy', y(value));
        dots[i].setAttribute('visibility', 'visible');
        const percent = s.percent?.[index];
        add(`row c${s.color}`, s.name, words(data.unit, value) + (percent === null || percent === undefined ? '' : ` (${number(percent, 0)} %)`));
      }
    });
    if (data.limit && data.limit[index] !== null) {
      add('row limit', data.limitName, words(data.unit, data.limit[index]));
    }
    data.marks.filter(m => Math.abs(x(m.at) - px) < 7).slice(0, 4).forEach(m => add(`said ${m.kind}`, m.text));
    const half = tip.offsetWidth / 2;
    tip.style.left = `${Math.max(half + 2, Math.min(box.clientWidth - half - 2, px))}px`;
  };

  const onMove = e => data && x && point(Math.max(0, Math.min(data.points - 1,
    Math.round((e.clientX - box.getBoundingClientRect().left - left) / (box.clientWidth - left - right) * (data.points - 1)))));
  const onLeave = () => point(-1);
  const onKey = e => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[e.key];
    if (by && data) {
      e.preventDefault();
      point(Math.max(0, Math.min(data.points - 1, (pointer < 0 ? data.points - 1 : pointer) + by)));
    } else if (e.key === 'Escape') {
      point(-1);
    }
  };
  const size = new ResizeObserver(draw);
  size.observe(box);
  box.addEventListener('pointermove', onMove);
  box.addEventListener('pointerdown', onMove);
  box.addEventListener('pointerleave', onLeave);
  box.addEventListener('blur', onLeave);
  box.addEventListener('keydown', onKey);
  return {
    draw(fresh) {
      data = fresh;
      draw();
    },
    dispose: () => size.disconnect(),
  };
}

/** Asks the page for newer numbers from time to time, and at once when somebody comes back to it. */
export function keepFresh(page, milliseconds) {
  let last = Date.now();
  const ask = () => {
    if (!document.hidden && Date.now() - last >= milliseconds) {
      last = Date.now();
      page.invokeMethodAsync('Refresh').catch(() => { });
    }
  };
  const timer = setInterval(ask, milliseconds / 5);
  document.addEventListener('visibilitychange', ask);
  return {
    dispose() {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    },
  };
}
