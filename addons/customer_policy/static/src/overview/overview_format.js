import {deserializeDate} from "@web/core/l10n/dates";
import {formatDate, formatFloat, formatInteger, formatMonetary, formatPercentage} from "@web/views/fields/formatters";

const {DateTime} = luxon;

/** A value of the server by its type, as the reader's language writes it; a dash for none. */
export function formatValue(item, currencyId) {
    const {type, value} = item;
    if (type === "monetary") {
        return value === null || value === undefined
            ? "–"
            : formatMonetary(value, {currencyId: item.currency_id || currencyId});
    }
    if (value === null || value === undefined || value === false || value === "") {
        return "–";
    }
    switch (type) {
        case "integer":
            return formatInteger(value);
        case "float":
            return formatFloat(value, {digits: [16, item.digits === null ? 2 : item.digits]});
        case "percentage":
            return formatPercentage(value);
        case "date":
            return formatDate(deserializeDate(value));
    }
    return value;
}

/** A local time of the timeline: the day, and the hour where there is one. */
export function formatMoment(iso) {
    if (!iso) {
        return "";
    }
    const moment = DateTime.fromISO(iso);
    const hasTime = moment.hour || moment.minute || moment.second;
    return formatDate(moment) + (hasTime ? " " + moment.toFormat("HH:mm") : "");
}

export function formatMonth(iso) {
    return DateTime.fromISO(iso).toLocaleString({year: "numeric", month: "short"});
}
