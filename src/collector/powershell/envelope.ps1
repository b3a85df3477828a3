# The answer, as one line. envelope.ts reads it.

function ConvertTo-Ascii([string]$text) {
    return [regex]::Replace($text, '[^\x20-\x7E]', { param($match) '\u{0:x4}' -f [int]$match.Value[0] })
}

function ConvertTo-Record($value) {
    return ConvertTo-Ascii (ConvertTo-Json -InputObject $value -Depth 8 -Compress)
}

function Get-Sha256([byte[]]$bytes) {
    # Where only validated cryptography is allowed, the managed implementation refuses to work.
    try { $hash = [Security.Cryptography.SHA256]::Create() }
    catch { $hash = New-Object Security.Cryptography.SHA256CryptoServiceProvider }
    return [BitConverter]::ToString($hash.ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
}

# One line of ASCII that can be found in noise and proves itself whole.
function Write-Envelope([string]$json) {
    $bytes = [Text.Encoding]::ASCII.GetBytes($json)
    $packed = New-Object System.IO.MemoryStream
    $gzip = New-Object System.IO.Compression.GZipStream $packed, ([IO.Compression.CompressionMode]::Compress)
    $gzip.Write($bytes, 0, $bytes.Length)
    $gzip.Dispose()
    $body = [Convert]::ToBase64String($packed.ToArray())
    [Console]::Out.Write("`n<HVCP1 {0} {1} {2} HVCP>`n", $bytes.Length, (Get-Sha256 $bytes), $body)
    [Console]::Out.Flush()
}
