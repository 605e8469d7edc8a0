// Beside a time in the zone of a session or cohort: the same moment where the device is, if its clock shows another one.
const language = document.documentElement.lang;

for (const time of document.querySelectorAll("time[data-yours]")) {
  const form = { weekday: "long", hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn" };
  const say = (timeZone) => new Intl.DateTimeFormat(language, { ...form, timeZone }).format(new Date(time.dateTime));
  if (say() === say(time.dataset.zone)) continue;
  time.textContent = time.dataset.yours.replace("{time}", say());
  time.hidden = false;
}
