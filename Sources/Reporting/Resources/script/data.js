// The portfolio, column by column.
const arrays = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };
function unpacked({ kind, bytes }) {
  const letters = atob(bytes), array = new Uint8Array(letters.length);
  for (let place = 0; place < array.length; place += 1) array[place] = letters.charCodeAt(place);
  return new arrays[kind](array.buffer);
}
const portfolio = lazily(() => {
  const data = read("data-portfolio");
  if (!data) return null;
  for (const dimension of data.dimensions) dimension.codes = unpacked(dimension.codes);
  for (const name of Object.keys(data.numbers)) data.numbers[name] = unpacked(data.numbers[name]);
  data.term = (name, row) => {
    const packed = data.terms[name];
    packed.codes ??= unpacked(packed);
    return packed.levels[packed.codes[row]];
  };
  // Who comes first by a figure, the largest first and the missing last; sorted once.
  const orders = {};
  data.order = (name) => (orders[name] ??= (() => {
    const key = Float64Array.from(data.numbers[name], (value) => (value === value ? -value : Infinity));
    return Uint32Array.from(key, (_, row) => row).sort((a, b) => key[a] - key[b] || a - b);
  })());
  data.place = lazily(() => new Map(data.ids.map((id, row) => [id, row])));
  return data;
});
// What else is known of obligors: rows of packed columns, unpacked when an obligor is first looked at.
const obligors = lazily(() => {
  const details = read("data-obligors");
  const others = lazily(() => new Map(details.others.map((id, place) => [id, place + (portfolio()?.rows ?? 0)])));
  details.placeOf = (id) => portfolio()?.place().get(id) ?? others().get(id);
  details.rows = (name, place) => {
    const packed = details[name];
    packed.starts = packed.starts.bytes === undefined ? packed.starts : unpacked(packed.starts);
    const rows = [];
    for (let row = packed.starts[place]; row < packed.starts[place + 1]; row += 1) rows.push({});
    for (const [column, content] of Object.entries(packed.columns)) {
      content.values ??= unpacked(content);
      rows.forEach((one, step) => {
        // A column that says the same throughout holds it once.
        const value = content.values[content.values.length === 1 ? 0 : packed.starts[place] + step];
        one[column] = content.levels ? content.levels[value] : value === value ? value : null;
      });
    }
    return rows;
  };
  return details;
});
