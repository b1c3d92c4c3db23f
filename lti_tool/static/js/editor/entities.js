// Stands for the parser's package of that name, whose tables are large: in our texts no entity means anything.
export const decodeHTML = (text) => text;
export const decodeHTMLStrict = decodeHTML;
