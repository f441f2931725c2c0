package itemtest

import (
	"strings"

	"rental.example/domain/item"
)

func text(s string) item.Params {
	return item.Params{Text: &s, Limit: pointer(item.MaxLimit)}
}

func matchesEveryWord(t trial) {
	t.seed([]item.Item{
		t.newItem(item.Draft{Name: "Red drill", Details: "with a hammer"}, at(0)),
		t.newItem(item.Draft{Name: "Red hammer"}, at(0)),
		t.newItem(item.Draft{Name: "Boat", Details: "red. No drill!"}, at(0)),
	})
	t.wantNames(text("red"), "Red drill", "Red hammer", "Boat")
	t.wantNames(text("drill red"), "Red drill", "Boat")
	t.wantNames(text("red hammer"), "Red drill", "Red hammer")
	t.wantNames(text("red red"), "Red drill", "Red hammer", "Boat")
	t.wantNames(text("drill, hammer; (red)"), "Red drill")
	t.wantNames(text("drill saw"))
	t.wantNames(text("dri")) // no prefix search
}

// matchesTypingErrors searches one word at a time.
func matchesTypingErrors(t trial) {
	t.seedNamed("ab", "abc", "drill", "hammer", "Größe", "東京都庁", "20260101")
	for query, want := range map[string]string{
		"ab": "ab", "ax": "", "xb": "", "a": "",
		"abc": "ab abc", "abd": "ab abc", "acb": "ab abc", "bac": "", "abcd": "abc", "xbc": "",
		"drill": "drill", "dril": "drill", "drilll": "drill", "drlil": "drill", "dirll": "drill", "drxll": "drill",
		"rdill": "", "krill": "", "drxlx": "", "drillx": "drill", "drillxx": "", "dlirl": "",
		"hammer": "hammer", "hamer": "hammer", "hamme": "hammer", "hamm": "", "hmamer": "hammer", "haxmmer": "hammer", "hxmmxr": "", "hmamre": "",
		"grosse": "Größe", "grose": "Größe", "größer": "Größe", "gösse": "Größe",
		"東京都庁": "東京都庁", "東京都": "東京都庁", "東京": "", "京都庁": "",
		"20260102": "20260101", "20260111": "20260101", "20260112": "",
	} {
		t.wantNames(text(query), strings.Fields(want)...)
	}
}

// matchesTypingErrorsInLongWords: a query's word has at most 64 characters, an item's word matches with one more.
func matchesTypingErrorsInLongWords(t trial) {
	alphabet := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 4)
	word := func(n int) string { return alphabet[n%26 : n%26+n] }
	t.seedNamed(word(7), word(8), word(9), word(16), word(17), word(31), word(32), word(64), word(65), word(66))
	for _, n := range []int{7, 8, 9, 16, 17, 31, 32, 64} {
		w := word(n)
		for _, typo := range []string{w[:1] + "X" + w[2:], w[:n-1] + "X", w[:n-1], w[:n-2] + w[n-1:] + w[n-2:n-1]} {
			t.wantNames(text(typo), w)
		}
		t.wantNames(text(w[:2] + "XX" + w[4:]))
	}
	w := word(65)
	t.wantNames(text(w[:1]+w[2:]), w)
	t.wantNames(text(w[:64]), w)
	t.wantNames(text(word(66)[:64]))
}

// matchesFolded: case and the accents of Latin letters are ignored on both sides, in every encoding. The words are too short
// for typing errors.
func matchesFolded(t trial) {
	t.seedNamed("Öl", "Æ", "Łó", "ß", "Bé", "ЁЖ", "Ελ", "ＦＵ", "i\u0308e", "Å\u0327")
	for query, want := range map[string]string{
		"öl": "Öl", "ol": "Öl", "OL": "Öl", "o\u0308l": "Öl", "O\u0308L": "Öl", "\u00d6l": "Öl", "ae": "Æ", "æ": "Æ",
		"lo": "Łó", "ŁÓ": "Łó", "ss": "ß", "SS": "ß", "ẞ": "ß", "be": "Bé", "BE\u0301": "Bé", "ёж": "ЁЖ", "ελ": "Ελ", "fu": "ＦＵ",
		"ie": "i\u0308e", "ÏE": "i\u0308e", "a": "Å\u0327", "å": "Å\u0327",
		"еж": "", "o": "",
	} {
		t.wantNames(text(query), strings.Fields(want)...)
	}
}

// matchesWords: every character but letters, digits and marks separates words.
func matchesWords(t trial) {
	t.seedNamed("alpha-bravo", "alpha_bravo two", "alphabravo", "v2.0", "can't", "日本語 テスト", "हिन्दी", "٣٤٥", "🚲bike🚲", "Ⅷ²")
	for query, want := range map[string]string{
		"alpha": "alpha-bravo|alpha_bravo two", "bravo": "alpha-bravo|alpha_bravo two", "alphabravo": "alphabravo",
		"v2": "v2.0", "v2.0": "v2.0", "0": "v2.0", "can": "can't", "t": "can't",
		"日本語": "日本語 テスト", "テスト": "日本語 テスト", "हिन्दी": "हिन्दी", "٣٤٥": "٣٤٥", "bike": "🚲bike🚲", "Ⅷ²": "Ⅷ²",
	} {
		t.wantNames(text(query), strings.Split(want, "|")...)
	}
}

// matchesAccentsAlone: a word of accents only is ignored beside other words. Alone it is no valid query.
func matchesAccentsAlone(t trial) {
	t.seedNamed("drill", "saw")
	t.wantNames(text("\u0301 drill"), "drill")
	t.wantNames(text("drill \u0308\u0301"), "drill")
}

func matchesSixteenWords(t trial) {
	var words []string
	for _, c := range "abcdefghijklmnop" {
		words = append(words, strings.Repeat(string(c), 10)) // 175 characters together
	}
	most := strings.Join(words[:15], " ")
	whole := t.newItem(item.Draft{Name: "whole", Details: strings.Join(words, " ")}, at(0))
	t.seed([]item.Item{whole, t.newItem(item.Draft{Name: "most", Details: most}, at(0))})
	t.wantNames(text(most), "whole", "most")
	t.wantNames(text(strings.Join(words, " ")), "whole")
	t.wantNames(text(strings.Replace(strings.Join(words, " "), "aaaa", "aaxa", 1)), "whole")
}

// matchesSyntax: query syntax in a text has no meaning.
func matchesSyntax(t trial) {
	t.seedNamed("drill", "AND", "null", "saw")
	t.wantNames(text(`drill*`), "drill")
	t.wantNames(text(`"}},{"match_all":{`)) // no item has these words
	t.wantNames(text(`-drill`), "drill")
	t.wantNames(text(`+null~2`)) // null and 2
	t.wantNames(text(`saw^9`))
	t.wantNames(text(`and`), "AND")
	t.wantNames(text(`[null]`), "null")
}

// matchesManySimilar: an engine that expands a fuzzy word to a limited number of words must not miss others.
func matchesManySimilar(t trial) {
	const word = "sample"
	var all []string
	for i := 1; i <= len(word); i++ {
		for c := 'a'; c <= 'z'; c++ {
			if byte(c) != word[i-1] { // else the same word as at the index before
				all = append(all, word[:i]+string(c)+word[i:])
			}
		}
	}
	t.seedNamed(all...)
	t.wantNames(text(word), all...)
}
