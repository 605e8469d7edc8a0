// What a cell or a print in a callback shows: widgets, markup, pictures, text. What is none of these is left out.
const IMAGES = ["image/png", "image/jpeg", "image/gif"];
const text = (value) => (Array.isArray(value) ? value.join("") : value);

const element = (tag, properties, css = "output") => Object.assign(document.createElement(tag), { className: css, ...properties });

const picture = (data, metadata) => {
  const kind = IMAGES.find((kind) => kind in data);
  const alt = metadata?.[kind]?.alt ?? text(data["text/plain"] ?? "");
  return element("img", { src: `data:${kind};base64,${text(data[kind])}`, alt });
};

export const show = async (output, place, manager) => {
  const { data = {}, metadata, output_type } = output;
  const view = data["application/vnd.jupyter.widget-view+json"];
  if (view) await manager.display(view.model_id, place);
  else if (output_type === "stream") place.append(element("pre", { textContent: text(output.text) }, `output ${output.name}`));
  else if (output_type === "error") place.append(element("pre", { textContent: `${output.ename}: ${output.evalue}` }, "output problem"));
  else if ("text/html" in data) place.append(element("div", { innerHTML: text(data["text/html"]) }));
  else if ("image/svg+xml" in data) place.append(element("div", { innerHTML: text(data["image/svg+xml"]) }));
  else if (IMAGES.some((kind) => kind in data)) place.append(picture(data, metadata));
  else if ("text/plain" in data) place.append(element("pre", { textContent: text(data["text/plain"]) }));
};
