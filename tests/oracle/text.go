package main

import (
	"bytes"
	"reflect"
	"regexp"
	"strconv"
)

// The golden format has text that is UTF-8. So that a graph can hold other
// bytes too, U+F8FF and two hex digits stand for one byte; the driver reads
// them in the same way.
const byteMark = "\uf8ff"

var mark = regexp.MustCompile(byteMark + `[0-9a-f]{2}`)

// unescape puts the bytes into all texts of v, a pointer.
func unescape(v any) { unescapeIn(reflect.ValueOf(v)) }

func unescapeIn(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			unescapeIn(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			unescapeIn(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return // JSON, decoded later
		}
		for i := range v.Len() {
			unescapeIn(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			if text, ok := v.MapIndex(k).Interface().(string); ok {
				v.SetMapIndex(k, reflect.Value{})
				v.SetMapIndex(reflect.ValueOf(rawText(k.String())), reflect.ValueOf(rawText(text)))
			}
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(rawText(v.String()))
		}
	}
}

func rawText(s string) string {
	return mark.ReplaceAllStringFunc(s, func(m string) string {
		b, _ := strconv.ParseUint(m[len(byteMark):], 16, 8)
		return string([]byte{byte(b)})
	})
}

// decodeText is decode for values that are about to be used.
func decodeText(data []byte, into any) error {
	err := decode(data, into)
	if err == nil && bytes.Contains(data, []byte(byteMark)) {
		unescape(into)
	}
	return err
}
